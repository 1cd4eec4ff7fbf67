"""How much one phone, or one place, may ask of a hall: so that nobody takes every number, or tries every address."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from shared.backend.access import browsers
from shared.backend.access.rate_limits import (
    MISSING_TICKETS_FROM_ONE_PLACE,
    NUMBERS_FROM_ONE_BROWSER,
    NUMBERS_FROM_ONE_PLACE,
    RateLimits,
)
from shared.backend.http.request_parsing import address_of, network_of
from shared.backend.storage.database import Database
from shared.hall.errors import Refused
from shared.hall.field_types import HallId, TicketId

COOKIE = "browser"


class CustomerLimits:
    """What customers have asked of the halls of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def take(self, request: Request, hall: HallId, ticket: TicketId) -> None:
        """Count a ticket that is about to be taken; raises TooOften or TooManyTickets."""
        browser = browser_of(request)
        counted = {f"numbers in {span} from {place(request)}": limit for span, limit in NUMBERS_FROM_ONE_PLACE.items()}
        if browser:
            counted |= {f"numbers in {span} by {browser}": limit for span, limit in NUMBERS_FROM_ONE_BROWSER.items()}
        self._limits.take(counted)
        if browser:
            browsers.takes(self._database, browser, hall, ticket)

    @contextmanager
    def giving_back(self, request: Request, hall: HallId, ticket: TicketId) -> Iterator[None]:
        """A ticket that is refused in here was never taken, and is none of this browser's."""
        try:
            yield
        except Refused:
            browsers.never_took(self._database, browser_of(request), hall, ticket)
            raise

    def missed(self, request: Request) -> None:
        """Count an address of a ticket that is not there; raises TooOften."""
        self._limits.take({f"no tickets from {place(request)}": MISSING_TICKETS_FROM_ONE_PLACE})


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
            max_age=int(browsers.LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response
