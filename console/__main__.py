"""``nowserving console``: the window where specialists work."""

from __future__ import annotations

import sys
from collections.abc import Callable

from console.app import Console
from console.remembered_text import RememberedText
from console.window_geometry import WindowGeometry
from shared.hall.roles import Role
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.lifecycle import App
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.station import Station


def main(argv: list[str] | None = None) -> int:
    wanted = options("console", "The window where specialists work.", fills_screen=False).parse_args(argv)
    return start("console", wanted, CONSOLE)


def show(station: Station, settings: Settings, leave_hall: Callable[[], None] | None) -> Console:
    ScreenLanguage(station).speak_system_language()
    console = Console(station, state_path(), settings.tls_ca, leave_hall)
    WindowGeometry(console.window, RememberedText(state_path()))
    console.window.show()
    return console


CONSOLE = App(role=Role.CONSOLE, show=show)


if __name__ == "__main__":
    sys.exit(main())
