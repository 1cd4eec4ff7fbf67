"""``nowserving console``: the window where specialists work."""

from __future__ import annotations

import sys
from collections.abc import Callable

from console.app import Console
from console.place import Place
from console.remembered import Remembered
from shared.hall.roles import Role
from shared.settings import Settings, state_path
from shared.ui.program import App
from shared.ui.start import options, start
from shared.ui.station import Station
from shared.ui.translations import Tongue


def main(argv: list[str] | None = None) -> int:
    wanted = options("console", "The window where specialists work.", fills_screen=False).parse_args(argv)
    return start("console", wanted, CONSOLE)


def show(station: Station, settings: Settings, elsewhere: Callable[[], None] | None) -> Console:
    Tongue(station).speak_as_the_machine()
    console = Console(station, state_path(), settings.tls_ca, elsewhere)
    Place(console.window, Remembered(state_path()))
    console.window.show()
    return console


CONSOLE = App(role=Role.CONSOLE, show=show)


if __name__ == "__main__":
    sys.exit(main())
