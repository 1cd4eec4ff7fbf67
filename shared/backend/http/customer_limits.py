"""Rate limits of the customers' pages: how many tickets one browser or network may take or guess."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from shared.backend.access import tickets_per_browser
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
    """Counts the tickets customers take and guess in the halls of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def take(self, request: Request, hall: HallId, ticket: TicketId) -> None:
        """Count and record a ticket that is about to be taken; raises TooOften or TooManyTickets."""
        browser = browser_of(request)
        place = network_of_request(request)
        counted = {f"numbers in {span} from {place}": limit for span, limit in NUMBERS_FROM_ONE_PLACE.items()}
        if browser:
            counted |= {f"numbers in {span} by {browser}": limit for span, limit in NUMBERS_FROM_ONE_BROWSER.items()}
        self._limits.take(counted)
        if browser:
            tickets_per_browser.record_ticket(self._database, browser, hall, ticket)

    @contextmanager
    def forgetting_refused(self, request: Request, hall: HallId, ticket: TicketId) -> Iterator[None]:
        """Forget that this browser took the ticket if the block, which issues it, raises Refused."""
        try:
            yield
        except Refused:
            tickets_per_browser.forget_ticket(self._database, browser_of(request), hall, ticket)
            raise

    def count_missing(self, request: Request) -> None:
        """Count a request for a ticket that does not exist; raises TooOften."""
        self._limits.take({f"no tickets from {network_of_request(request)}": MISSING_TICKETS_FROM_ONE_PLACE})


def network_of_request(request: Request) -> str:
    return network_of(address_of(request))


def browser_of(request: Request) -> str:
    """The random id in this browser's cookie, valid for a day; empty if there is none."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie) else ""


def with_browser_cookie(response: Response, request: Request) -> Response:
    """The page of a form, with the cookie by which the rate limits, and nothing else, know its browser for a day."""
    if not browser_of(request):
        secret, age = secrets.token_urlsafe(16), int(tickets_per_browser.REMEMBERED_FOR.total_seconds())
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, secret, max_age=age, httponly=True, samesite="lax", secure=secure)
    return response
