"""How much one phone, or one place, may ask of a hall: so that nobody takes every number, or tries every address."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, or_, select
from starlette.requests import Request
from starlette.responses import Response

from shared.backend.access.hashes import hash_of
from shared.backend.access.limits import Limit, Limits
from shared.backend.http.asking import address_of, network_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import Refused, TooManyTickets
from shared.hall.words import HallId, TicketId

FROM_A_PLACE = {"a while": Limit(120, timedelta(minutes=10)), "a day": Limit(2000, timedelta(days=1))}
"""Numbers taken from one address: all the phones of a clinic's Wi-Fi come from the same."""

FROM_A_BROWSER = {"a while": Limit(10, timedelta(minutes=10)), "a day": Limit(40, timedelta(days=1))}

MOST_LIVE = 3
"""Live tickets of one browser: for oneself, for a child, for another service."""

MISSES = Limit(60, timedelta(minutes=10))
"""Addresses of tickets that are not there, asked for from one place. Who has a right one is never turned away."""

COOKIE = "browser"
LASTS = timedelta(days=1)
"""How long a browser is the same to us."""

ON_ITS_WAY = timedelta(minutes=1)
"""For how long a ticket that is being taken counts as live."""


class Customers:
    """What customers have asked of the halls of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = Limits(database)

    def take(self, request: Request, hall: HallId, ticket: TicketId) -> None:
        """Count a ticket that is about to be taken; raises TooOften or TooManyTickets."""
        browser = browser_of(request)
        counted = {f"numbers in {span} from {place(request)}": limit for span, limit in FROM_A_PLACE.items()}
        if browser:
            counted |= {f"numbers in {span} by {browser}": limit for span, limit in FROM_A_BROWSER.items()}
        self._limits.take(counted)
        if browser:
            self._keep(browser, hall, ticket)

    @contextmanager
    def giving_back(self, request: Request, hall: HallId, ticket: TicketId) -> Iterator[None]:
        """A ticket that is refused in here was never taken, and is none of this browser's."""
        try:
            yield
        except Refused:
            rows = tables.browsers.c
            mine = (rows.what == hash_of(browser_of(request)), rows.hall_id == hall, rows.ticket == ticket)
            with self._database.writing() as connection:
                connection.execute(delete(tables.browsers).where(*mine))
            raise

    def missed(self, request: Request) -> None:
        """Count an address of a ticket that is not there; raises TooOften."""
        self._limits.take({f"no tickets from {place(request)}": MISSES})

    def _keep(self, browser: str, hall: HallId, ticket: TicketId) -> None:
        what, now = hash_of(browser), datetime.now(UTC)
        with self._database.writing() as connection:
            self._database.kind.hold(connection, [what])
            if _live(connection, what, ticket, now) >= MOST_LIVE:
                raise TooManyTickets("You have several numbers already: please give one back, or wait for its call.")
            row = {"what": what, "hall_id": hall, "ticket": ticket, "at": now}
            insert_unless_there(connection, tables.browsers, row)


def place(request: Request) -> str:
    """Where a request comes from."""
    return network_of(address_of(request))


def browser_of(request: Request) -> str:
    """What this browser is to us today, or nothing."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie) else ""


def known_by(response: Response, request: Request) -> Response:
    """A page with a form, and the cookie by which its browser is known for a day; for nothing but our limits."""
    if not browser_of(request):
        response.set_cookie(
            COOKIE,
            secrets.token_urlsafe(16),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response


def forget(connection: Connection, now: datetime) -> None:
    """Forget which browser took which ticket, a day later."""
    connection.execute(delete(tables.browsers).where(tables.browsers.c.at < now - LASTS))


def _live(connection: Connection, what: str, ticket: TicketId, now: datetime) -> int:
    """How many other tickets this browser has that are live, or being taken at this moment."""
    ours, tickets = tables.browsers.c, tables.tickets.c
    same = and_(tickets.hall_id == ours.hall_id, tickets.id == ours.ticket)
    taking = and_(tickets.id.is_(None), ours.at > now - ON_ITS_WAY)
    live = or_(taking, and_(tickets.id.is_not(None), tickets.ended_at.is_(None)))
    query = select(func.count()).select_from(tables.browsers).outerjoin(tables.tickets, same)
    wanted = (ours.what == what, ours.ticket != ticket, ours.at > now - LASTS, live)
    return int(connection.scalar(query.where(*wanted)) or 0)
