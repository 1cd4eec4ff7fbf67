"""``nowserving kiosk``: the touchscreen where customers take a ticket."""

from __future__ import annotations

import sys

from kiosk.app import Kiosk
from kiosk.printer.printer import printer_for
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.link.box import box_of
from shared.link.outbox import Outbox
from shared.link.port import Link
from shared.settings import Settings, state_path
from shared.ui.start import options, start
from shared.ui.station import Station


def main(argv: list[str] | None = None) -> int:
    wanted = options("kiosk", "The touchscreen where customers take a ticket.").parse_args(argv)
    return start("kiosk", wanted, Role.KIOSK, show, with_outbox)


def with_outbox(link: Link, settings: Settings, hall: Hall | None) -> Link:
    return Outbox(link, box_of(state_path(), settings.hall), settings.offline_series, hall)


def show(station: Station, settings: Settings) -> Kiosk:
    printer = printer_for(settings.printer, settings.paper)
    kiosk = Kiosk(station, printer, paper=settings.paper, inches=settings.screen_inches, own_series=True)
    kiosk.show(full_screen=settings.full_screen)
    return kiosk


if __name__ == "__main__":
    sys.exit(main())
