"""Start the console: ``nowserving console [--hall URL]``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from PySide6.QtCore import QLocale

from console.app import Console
from shared import catalogue, settings
from shared.hall.errors import Failure
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.ui.memory import Memory
from shared.ui.run import application, live
from shared.ui.station import Station
from shared.ui.translations import Tongue


def main(argv: list[str] | None = None) -> int:
    """The console until its window closes; the exit status."""
    parser = argparse.ArgumentParser("nowserving console", description="The window where specialists work.")
    parser.add_argument("--hall", metavar="URL", help="where the hall is: http(s)://… or a database URL")
    parser.add_argument("--config", metavar="PATH", type=Path, help="the settings file")
    wanted = parser.parse_args(argv)
    try:
        ours = settings.load(wanted.config, hall=wanted.hall)
        logging.basicConfig(level=ours.log_level)
        if not ours.hall:
            print("No hall is named: start with --hall http://ADDRESS:PORT.", file=sys.stderr)  # noqa: T201  # its answer
            return 2
        link = connect(ours.hall, token=ours.token, role=Role.CONSOLE)
    except Failure as failure:
        print(failure.detail, file=sys.stderr)  # noqa: T201  # the one line a person gets
        return 1
    app = application("console")
    tongue, language = Tongue(app), QLocale.system().name().partition("_")[0]
    if language in catalogue.languages():
        tongue.speak(language)
    station = Station(link, Memory(settings.state_path(), ours.hall))
    console = Console(station, settings.state_path())
    console.window.show()
    return live(app, station, console.close)


if __name__ == "__main__":
    sys.exit(main())
