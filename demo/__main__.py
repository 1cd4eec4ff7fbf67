"""``nowserving demo``: a whole hall to try out, in windows or as a tour that saves pictures."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from demo.demo_hall import existing_hall, temporary_hall
from demo.tour import play
from demo.windows import open_all
from shared.hall.errors import Unfit
from shared.settings import as_path

PASSWORD_VARIABLE = "NOWSERVING_PASSWORD"  # noqa: S105  # the name of a variable


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nowserving demo", description="A whole hall to try, in a temporary folder.")
    tour_help = "play visits through the real windows and save pictures of them; needs no screen"
    parser.add_argument("--tour", metavar="FOLDER", type=as_path, help=tour_help)
    hall_help = "play the tour in an existing hall, made from the clinic sample"
    parser.add_argument("--hall", metavar="URL#ID", help=hall_help)
    login_help = f"an administrator of that hall; the password is read from {PASSWORD_VARIABLE}"
    parser.add_argument("--login", default="admin", help=login_help)
    arguments = parser.parse_args(argv)
    _stop_cleanly()
    if arguments.hall:
        if not arguments.tour or "#" not in arguments.hall:
            raise Unfit("--hall URL#ID needs --tour FOLDER: only the tour runs in an existing hall.")
        with existing_hall(arguments.hall, arguments.login, os.environ.get(PASSWORD_VARIABLE, "")) as hall:
            return play(hall, arguments.tour)
    print("Setting up a clinic …", flush=True)
    with temporary_hall() as hall:
        if arguments.tour:
            return play(hall, arguments.tour)
        open_all(hall)
    return 0


def _stop_cleanly() -> None:
    """On SIGTERM and SIGHUP, exit so that the backend is stopped and the temporary folder removed."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if number := getattr(signal, name, None):
            signal.signal(number, lambda number, _: sys.exit(128 + number))


if __name__ == "__main__":
    sys.exit(main())
