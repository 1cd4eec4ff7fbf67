"""``nowserving kiosk``: the touchscreen where customers take a ticket."""

from __future__ import annotations

import sys

from kiosk.app import Kiosk
from kiosk.options import options_of
from kiosk.printer.printer import printer_for
from shared.hall.errors import Failure
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.settings import load, state_path
from shared.ui.memory import Memory
from shared.ui.run import application, live
from shared.ui.station import Station

NO_HALL = "Which hall? Give its address: --hall http://HOST:PORT, or a database URL.\n"


def main(argv: list[str] | None = None) -> int:
    options = options_of(argv)
    try:
        settings = load(options.config, hall=options.hall, full_screen=False if options.windowed else None)
        if not settings.hall:
            sys.stderr.write(NO_HALL)
            return 2
        printer = printer_for(settings.printer, settings.paper)
        link = connect(settings.hall, token=settings.token, role=Role.KIOSK)
    except Failure as failure:
        sys.stderr.write(f"{failure.detail}\n")
        return 1
    app = application("kiosk")
    station = Station(link, Memory(state_path(), settings.hall))
    kiosk = Kiosk(station, printer, paper=settings.paper, inches=settings.screen_inches)
    kiosk.show(full_screen=settings.full_screen)
    return live(app, station, kiosk.close)


if __name__ == "__main__":
    sys.exit(main())
