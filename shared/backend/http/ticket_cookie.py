"""The cookie with a phone's tickets, by which the customer's pages lead back to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from shared.backend.access.secret_hashes import hash_of
from shared.backend.access.tickets_per_browser import REMEMBERED_FOR
from shared.backend.halls.ledger import Ledger
from shared.backend.http.page_context import ShownTicket, shown
from shared.hall.field_types import HallId, TicketId, Words
from shared.hall.hall import Hall

UNGUESSABLE = "[A-Za-z0-9_-]{22,64}"
"""The token of a customer's own page: at least 128 random bits, in characters of six bits each."""

COOKIE = "tickets"
MOST_TICKETS = 6
"""Tickets the cookie holds at most, the newest: those a phone may take itself, and some scanned from paper."""


@dataclass(frozen=True)
class HeldTicket:
    """A live ticket whose page was opened on this phone."""

    token: str
    id: TicketId
    hall: HallId
    hall_name: Words
    ticket: ShownTicket

    def in_newer(self, hall: Hall) -> HeldTicket | None:
        """The ticket in a newer state of its hall, None once it has ended; unchanged if ``hall`` is another one."""
        if hall.id != self.hall:
            return self
        found = hall.tickets.get(self.id)
        return replace(self, ticket=shown(hall, found)) if found else None


def held_tickets(request: Request, ledger: Ledger) -> list[HeldTicket]:
    """The live tickets of a phone, in all halls, the newest page first."""
    return [*_live(_tokens(request), ledger)]


def with_ticket_cookie(response: Response, request: Request, token: str, ledger: Ledger) -> Response:
    """The page of a ticket, with the cookie that leads back to it and to the phone's other live tickets."""
    before = _tokens(request)
    tokens = [one.token for one in _live(dict.fromkeys((token, *before)), ledger)][:MOST_TICKETS]
    secure = request.url.scheme == "https"
    if tokens and tokens != before:
        age = int(REMEMBERED_FOR.total_seconds())
        response.set_cookie(COOKIE, ".".join(tokens), max_age=age, httponly=True, samesite="lax", secure=secure)
    elif before and not tokens:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure)
    return response


def _tokens(request: Request) -> list[str]:
    parts = request.cookies.get(COOKIE, "").split(".", MOST_TICKETS)[:MOST_TICKETS]
    return [token for token in parts if re.fullmatch(UNGUESSABLE, token)]


def _live(tokens: Iterable[str], ledger: Ledger) -> Iterator[HeldTicket]:
    for token in tokens:
        hall_id, ticket = ledger.ticket_of(hash_of(token)) or ("", None)
        if ticket and not ticket.ended:
            hall = ledger.hall(hall_id)
            yield HeldTicket(token, ticket.id, hall_id, hall.settings.name, shown(hall, ticket))
