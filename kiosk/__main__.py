"""``nowserving kiosk``: the touchscreen where customers take a ticket."""

from __future__ import annotations

import sys

from kiosk.app import Kiosk
from kiosk.printer.printer import printer_for
from shared.hall.roles import Role
from shared.settings import Settings
from shared.ui.start import options, start
from shared.ui.station import Station


def main(argv: list[str] | None = None) -> int:
    wanted = options("kiosk", "The touchscreen where customers take a ticket.").parse_args(argv)
    return start("kiosk", wanted, Role.KIOSK, show)


def show(station: Station, settings: Settings) -> Kiosk:
    printer = printer_for(settings.printer, settings.paper)
    kiosk = Kiosk(station, printer, paper=settings.paper, inches=settings.screen_inches)
    kiosk.show(full_screen=settings.full_screen)
    return kiosk


if __name__ == "__main__":
    sys.exit(main())
