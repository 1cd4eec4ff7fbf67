"""The tickets a phone holds: known by a cookie that it alone keeps, so that its pages lead back to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from shared.backend.access.browsers import LASTS
from shared.backend.access.secret_hashes import hash_of
from shared.backend.halls.ledger import Ledger
from shared.backend.http.page_context import ShownTicket, shown
from shared.hall.field_types import HallId, TicketId, Words
from shared.hall.hall import Hall

UNGUESSABLE = "[A-Za-z0-9_-]{22,64}"
"""The token of a customer's own page: at least 128 random bits, in characters of six bits each."""

COOKIE = "tickets"
MOST = 6
"""Tickets a phone is led back to, the newest: those it may take itself, and some whose code it read from paper."""


@dataclass(frozen=True)
class HeldTicket:
    """A live ticket whose page was open on this phone."""

    token: str
    id: TicketId
    hall: HallId
    hall_name: Words
    ticket: ShownTicket

    def in_newer(self, hall: Hall) -> HeldTicket | None:
        """The same, as this hall has it; None once it has ended."""
        if hall.id != self.hall:
            return self
        found = hall.tickets.get(self.id)
        return replace(self, ticket=shown(hall, found)) if found else None


def held_by(request: Request, ledger: Ledger) -> list[HeldTicket]:
    """The live tickets of a phone, in whatever hall, the newest page first."""
    return [*_live(_tokens(request), ledger)]


def holding(response: Response, request: Request, token: str, ledger: Ledger) -> Response:
    """The page of a ticket, and the cookie that leads back to it and to the phone's others while they live."""
    before = _tokens(request)
    tokens = [one.token for one in _live(dict.fromkeys((token, *before)), ledger)][:MOST]
    if tokens and tokens != before:
        response.set_cookie(
            COOKIE,
            ".".join(tokens),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    elif before and not tokens:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _tokens(request: Request) -> list[str]:
    read = request.cookies.get(COOKIE, "").split(".", MOST)[:MOST]
    return [token for token in read if re.fullmatch(UNGUESSABLE, token)]


def _live(tokens: Iterable[str], ledger: Ledger) -> Iterator[HeldTicket]:
    for token in tokens:
        name, ticket = ledger.ticket_of(hash_of(token)) or ("", None)
        if ticket and not ticket.ended:
            hall = ledger.hall(name)
            yield HeldTicket(token, ticket.id, name, hall.settings.name, shown(hall, ticket))
