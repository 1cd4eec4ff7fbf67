"""``nowserving demo``: a whole hall to try, in windows or as a tour that is pictured."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from demo.demo_hall import premises, visited
from demo.tour import play
from demo.windows import open_all
from shared.hall.errors import Unfit
from shared.settings import as_path

PASSWORD_FROM = "NOWSERVING_PASSWORD"  # noqa: S105  # the name of a variable


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nowserving demo", description="A whole hall to try, in a temporary folder.")
    parser.add_argument(
        "--tour",
        metavar="FOLDER",
        type=as_path,
        help="play visits through the real windows and save pictures; no screen",
    )
    parser.add_argument(
        "--hall", metavar="URL#ID", help="play the tour in a hall that is there already, made from the clinic's sample"
    )
    parser.add_argument("--login", default="admin", help=f"an administrator there; the password is in {PASSWORD_FROM}")
    asked = parser.parse_args(argv)
    _end_in_order()
    if asked.hall:
        if not asked.tour or "#" not in asked.hall:
            raise Unfit("A hall that is there already is for the tour, and named: --tour FOLDER --hall URL#ID")
        with visited(asked.hall, asked.login, os.environ.get(PASSWORD_FROM, "")) as hall:
            return play(hall, asked.tour)
    print("Setting up a clinic …", flush=True)
    with premises() as hall:
        if asked.tour:
            return play(hall, asked.tour)
        open_all(hall)
    return 0


def _end_in_order() -> None:
    """Told to stop, or with its terminal closed, the demo still takes its backend and its folder with it."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if number := getattr(signal, name, None):
            signal.signal(number, lambda number, _: sys.exit(128 + number))


if __name__ == "__main__":
    sys.exit(main())
