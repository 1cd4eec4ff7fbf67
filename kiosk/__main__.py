"""``nowserving kiosk``: the touchscreen where customers take a ticket."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kiosk.app import Kiosk
from kiosk.printer.printer_choice import printer_for
from kiosk.printer.unprinted_tickets import UnprintedTickets
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.link.link import Link
from shared.link.outbox import Outbox, require_series
from shared.link.outbox_store import refusal_troubles, store_for_hall
from shared.link.state_files import damage_troubles
from shared.requests.devices import Trouble
from shared.settings import Settings, state_path
from shared.ui.command_line import options, start
from shared.ui.device_report import DeviceReports
from shared.ui.lifecycle import App
from shared.ui.station import Station

MAX_TROUBLES = 20
"""Troubles in one report; the others are found on the machine itself."""


def main(argv: list[str] | None = None) -> int:
    arguments = options("kiosk", "The touchscreen where customers take a ticket.").parse_args(argv)
    return start("kiosk", arguments, KIOSK)


def with_outbox(link: Link, settings: Settings, hall_key: str, hall: Hall | None) -> Link:
    return Outbox(link, store_for_hall(state_path(), hall_key), settings.offline_series, hall)


def require(settings: Settings) -> None:
    """Raises Unfit if a setting of the kiosk can't be used."""
    printer_for(settings.printer, settings.paper)
    require_series(settings.offline_series)


def show(station: Station, settings: Settings, leave_hall: Callable[[], None] | None) -> Kiosk:
    chosen, memory = printer_for(settings.printer, settings.paper), station.memory
    printer = UnprintedTickets(chosen, memory.sibling_file("unprinted") if memory else None) if chosen else None
    kiosk = Kiosk(station, printer, paper=settings.paper, inches=settings.screen_inches, own_series=True)
    kiosk.show(full_screen=settings.full_screen)
    DeviceReports(station, printer, troubles)
    return kiosk


def troubles() -> tuple[Trouble, ...]:
    """What staff have to know of this kiosk: at most MAX_TROUBLES damaged files and refused tickets, oldest first."""
    found = [*damage_troubles(state_path()), *refusal_troubles(state_path())]
    return tuple(sorted(found, key=lambda one: one.at)[-MAX_TROUBLES:])


KIOSK = App(role=Role.KIOSK, show=show, wrap_link=with_outbox, require=require)


if __name__ == "__main__":
    sys.exit(main())
