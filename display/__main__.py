"""``nowserving display``: the hall display, or with ``--point`` the sign over one service point."""

from __future__ import annotations

import sys
from collections.abc import Callable

from display import web_pages
from display.app import DisplayWindow, SignWindow
from display.motion import require_motion
from shared.hall.roles import Role
from shared.link.state_files import damage_troubles
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.device_report import DeviceReports
from shared.ui.lifecycle import App
from shared.ui.station import Station

MAX_TROUBLES = 20
"""Damaged files in one report."""


def require(settings: Settings) -> None:
    """Raises Unfit for settings the display can't work with."""
    require_motion(settings.motion)


def main(argv: list[str] | None = None) -> int:
    parser = options("display", "The hall display, or the sign over a service point.")
    parser.add_argument("--point", metavar="N", help="show the sign over this service point: its serial number or id")
    parser.add_argument("--show", metavar="ID", help="show this display of the hall, by its id, whatever was assigned")
    arguments = parser.parse_args(argv)

    def show(station: Station, settings: Settings, leave_hall: Callable[[], None] | None) -> DisplayWindow | SignWindow:
        screen = SignWindow(station, settings, arguments.point) if arguments.point else DisplayWindow(station, settings)
        screen.show(full_screen=settings.full_screen)
        DeviceReports(
            station,
            troubles=lambda: (*damage_troubles(state_path()), *screen.page_troubles)[-MAX_TROUBLES:],
            sound=lambda: screen.sound_fault,
        )
        return screen

    if not arguments.point:
        web_pages.prepare()
    return start(
        "display", arguments, App(role=Role.SIGN if arguments.point else Role.DISPLAY, show=show, require=require)
    )


if __name__ == "__main__":
    sys.exit(main())
