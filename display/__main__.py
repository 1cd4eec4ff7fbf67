"""``nowserving display``: the hall display, or with ``--point`` the signs over service points."""

from __future__ import annotations

import sys
from collections.abc import Callable

from display.app import DisplayWindow
from display.board.board import Board, require_board
from display.playlist import web_pages
from display.screen.motion import require_motion
from display.signs.signs import Signs, points_of
from shared.hall.roles import Role
from shared.link.state_files import damage_troubles
from shared.requests.devices import Trouble
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.device_report import DeviceReports
from shared.ui.lifecycle import App
from shared.ui.station import Station

MAX_TROUBLES = 20
"""In one report."""


def require(settings: Settings) -> None:
    """Raises Unfit for settings the display can't work with."""
    require_motion(settings.motion)
    require_board(settings)


def main(argv: list[str] | None = None) -> int:
    parser = options("display", "The hall display, or the signs over service points.")
    parser.add_argument(
        "--point",
        metavar="N",
        action="append",
        default=[],
        help="show the sign over this service point: its serial number or id; several, or 1,2,3: a window on each "
        "screen if there are as many screens, else side by side in one",
    )
    parser.add_argument(
        "--board", metavar="ADDRESS", help="also tell a board of the calls: tcp://HOST:PORT or serial:/dev/ttyUSB0@9600"
    )
    parser.add_argument("--show", metavar="ID", help="show this display of the hall, by its id, whatever was assigned")
    arguments = parser.parse_args(argv)
    points = points_of(arguments.point)

    def show(station: Station, settings: Settings, leave_hall: Callable[[], None] | None) -> DisplayWindow | Signs:
        screen = Signs(station, settings, points) if points else DisplayWindow(station, settings)
        screen.show(full_screen=settings.full_screen)
        board = Board(station, settings.board, screen.shows) if settings.board else None

        def troubles() -> tuple[Trouble, ...]:
            of_board = board.troubles() if board else ()
            return (*damage_troubles(state_path()), *screen.page_troubles, *of_board)[-MAX_TROUBLES:]

        DeviceReports(station, troubles=troubles, sound=lambda: screen.sound_fault)
        return screen

    if not points:
        web_pages.prepare()
    return start("display", arguments, App(role=Role.SIGN if points else Role.DISPLAY, show=show, require=require))


if __name__ == "__main__":
    sys.exit(main())
