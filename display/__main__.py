"""``nowserving display``: the hall display, or with ``--point`` the sign over one service point."""

from __future__ import annotations

import sys

from display.app import Display, Sign
from display.options import options_of
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
        shown = False if options.windowed else None
        settings = load(options.config, hall=options.hall, full_screen=shown)
        if not settings.hall:
            sys.stderr.write(NO_HALL)
            return 2
        link = connect(settings.hall, token=settings.token, role=Role.SIGN if options.point else Role.DISPLAY)
    except Failure as failure:
        sys.stderr.write(f"{failure.detail}\n")
        return 1
    app = application("display")
    station = Station(link, Memory(state_path(), settings.hall))
    screen = Sign(station, settings, options.point) if options.point else Display(station, settings)
    screen.show(full_screen=settings.full_screen)
    return live(app, station, screen.close)


if __name__ == "__main__":
    sys.exit(main())
