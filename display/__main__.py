"""``nowserving display``: the hall display, or with ``--point`` the sign over one service point."""

from __future__ import annotations

import sys
from collections.abc import Callable

from display.app import Display, Sign
from shared.hall.roles import Role
from shared.link.state_files import damaged
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.device_report import Reporting
from shared.ui.lifecycle import App
from shared.ui.station import Station

MOST = 20
"""Damaged files told of at once."""


def main(argv: list[str] | None = None) -> int:
    parser = options("display", "The hall display, or the sign over a service point.")
    parser.add_argument("--point", metavar="N", help="show the sign over this service point: its serial number or id")
    wanted = parser.parse_args(argv)

    def show(station: Station, settings: Settings, elsewhere: Callable[[], None] | None) -> Display | Sign:
        screen = Sign(station, settings, wanted.point) if wanted.point else Display(station, settings)
        screen.show(full_screen=settings.full_screen)
        Reporting(station, troubles=lambda: tuple(damaged(state_path()))[-MOST:])
        return screen

    return start("display", wanted, App(role=Role.SIGN if wanted.point else Role.DISPLAY, show=show))


if __name__ == "__main__":
    sys.exit(main())
