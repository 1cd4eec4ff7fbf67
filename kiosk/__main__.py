"""``nowserving kiosk``: the touchscreen where customers take a ticket."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kiosk.app import Kiosk
from kiosk.printer.printer_choice import printer_for
from kiosk.printer.unprinted_tickets import UnprintedTickets
from shared.access.devices import Trouble
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.link.link import Link
from shared.link.outbox import Outbox, require_series
from shared.link.outbox_store import refused, store_of
from shared.link.state_files import damaged
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.device_report import Reporting
from shared.ui.lifecycle import App
from shared.ui.station import Station

MOST = 20
"""Troubles told at once; whoever sees to them sees the others on the machine itself."""


def main(argv: list[str] | None = None) -> int:
    wanted = options("kiosk", "The touchscreen where customers take a ticket.").parse_args(argv)
    return start("kiosk", wanted, KIOSK)


def with_outbox(link: Link, settings: Settings, place: str, hall: Hall | None) -> Link:
    return Outbox(link, store_of(state_path(), place), settings.offline_series, hall)


def require(settings: Settings) -> None:
    printer_for(settings.printer, settings.paper)
    require_series(settings.offline_series)


def show(station: Station, settings: Settings, elsewhere: Callable[[], None] | None) -> Kiosk:
    found, memory = printer_for(settings.printer, settings.paper), station.memory
    printer = UnprintedTickets(found, memory.beside("unprinted") if memory else None) if found else None
    kiosk = Kiosk(station, printer, paper=settings.paper, inches=settings.screen_inches, own_series=True)
    kiosk.show(full_screen=settings.full_screen)
    Reporting(station, printer, troubles)
    return kiosk


def troubles() -> tuple[Trouble, ...]:
    """What staff have to see of this kiosk: the latest there are."""
    found = [*damaged(state_path()), *refused(state_path())]
    return tuple(sorted(found, key=lambda one: one.at)[-MOST:])


KIOSK = App(role=Role.KIOSK, show=show, way=with_outbox, require=require)


if __name__ == "__main__":
    sys.exit(main())
