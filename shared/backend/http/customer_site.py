"""What all pages of customers share: access to halls, templates, event streams and error pages."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException

from shared import customer_sentences
from shared.backend.access.secret_hashes import hash_of
from shared.backend.halls.ledger import Ledger
from shared.backend.http.allowed_hosts import require_known_host
from shared.backend.http.connection_limits import FULL, RETRY_AFTER, Crowded
from shared.backend.http.event_feed import EventFeed
from shared.backend.http.page_context import PageReader, ServiceMenu, ShownTicket, menu, readable, reader_of
from shared.backend.http.ticket_cookie import UNGUESSABLE, held_tickets
from shared.catalogue import languages
from shared.hall.errors import Failure, Malformed, NotAllowed, Refused, TooLarge, Unknown, UnknownHall, UnknownTicket
from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.issuing import Queue
from shared.hall.opening import Opening
from shared.hall.values import Ticket
from shared.languages import is_right_to_left, own_name

log = logging.getLogger(__name__)

S = TypeVar("S")

FOLDER = Path(__file__).parents[3] / "resources" / "web"

IN_A_HALL = re.compile("/h/([^/]+)")

LARGEST_FORM = 4096
"""Bytes; our forms send a few hundred."""

FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose address contains their digest, or that never change."""

PAGE_HEADERS = {"Vary": "Accept-Language", "X-Robots-Tag": "noindex"}
STREAM_HEADERS = {"X-Accel-Buffering": "no"}

OUR_LANGUAGES = tuple(sorted(languages(), key=lambda language: language != "en"))
"""The languages of pages without a hall; English for readers of none of them."""

FINAL_ID = "over"

HEARTBEAT_EVENT = ": still here\nevent: beat\ndata: 1\n\n"
"""The comment keeps the connection open; a page that gets no such event for long takes the connection for dead."""

FINAL_EVENT = f"id: {FINAL_ID}\nevent: over\ndata: 1\n\n"
"""What the page shows is final: a browser that reconnects with this event id is told to stop."""


class NoSuchPage(Unknown):
    """There is no page at this address."""


class NotDoneThere(Refused):
    """This address does not take requests of this method."""

    status = 405


class SentFromElsewhere(NotAllowed):
    """A page of another site sent a form that only our pages may send."""


class Site:
    """The halls, their event feed and the templates; forms are accepted under ``host_names``, or any if it is None."""

    def __init__(self, ledger: Ledger, feed: EventFeed, host_names: frozenset[str] | None = None) -> None:
        self.ledger, self.feed, self.host_names = ledger, feed, host_names
        loader = FileSystemLoader(FOLDER / "templates")
        self.templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self.templates.globals.update(asset=asset, is_right_to_left=is_right_to_left, own_name=own_name, menu=self.menu)
        self.templates.globals.update(closed=self._closed, closed_notice=self._closed_notice)
        self.templates.globals.update(ahead=_ahead, ahead_before_taking=_ahead_before_taking)
        self._newest: dict[HallId, Hall] = {}

    def render(self, template: str, reader: PageReader, **values: Any) -> str:
        return self.templates.get_template(template).render(t=reader.t, say=reader.say, reader=reader, **values)

    def page(
        self, template: str, reader: PageReader, hall: Hall | None = None, status: int = 200, **values: Any
    ) -> Response:
        accent = readable((hall.settings if hall else HallSettings()).accent)
        return HTMLResponse(self.render(template, reader, hall=hall, accent=accent[1:], **values), status, PAGE_HEADERS)

    def error_page(self, request: Request, failure: Failure) -> Response:
        """A page that says what went wrong and what to do next, without internal details."""
        hall = self._hall_of(request)
        reader = reader_of(request, hall.settings.languages if hall else OUR_LANGUAGES)
        opens = self._opens(reader, hall, failure) if hall else ""
        held = held_tickets(request, self.ledger) if isinstance(failure, Refused) else []
        values = {"kind": failure.type_name(), "opens": opens, "held": held, "first": request.url.path == "/"}
        page = self.page("refused.html", reader, hall, failure.status, **values)
        if "retry_after" in failure.about:
            page.headers["Retry-After"] = failure.about["retry_after"]
        if isinstance(failure, Crowded):
            page.headers["Connection"] = "close"
        return page

    def menu(self, hall: Hall) -> ServiceMenu:
        return menu(hall, self.ledger.now(hall))

    def _closed(self, reader: PageReader, hall: Hall, shown: Opening) -> str:
        return customer_sentences.closed(reader.ours, hall, shown, self.ledger.wall())

    def _closed_notice(self, reader: PageReader, hall: Hall) -> list[str]:
        return customer_sentences.closed_notice(reader.ours, hall, self.ledger.wall())

    def _opens(self, reader: PageReader, hall: Hall, failure: Failure) -> str:
        return customer_sentences.opens_after(reader.ours, hall.settings, failure, self.ledger.wall())

    def _hall_of(self, request: Request) -> Hall | None:
        found = IN_A_HALL.match(request.scope["path"])
        try:
            return self.ledger.hall(found[1]) if found else None
        except Failure:
            return None

    def halls(self) -> list[Hall]:
        """The halls that issue tickets by phone; raises UnknownHall if there are none."""
        if found := [hall for hall in self.ledger.readable_halls() if hall.settings.web and hall.on_offer()]:
            return found
        raise UnknownHall("No hall here issues tickets by phone.")

    def hall(self, hall_id: HallId) -> Hall:
        """A hall that issues tickets by phone; raises UnknownHall, HallUnreadable, or NotAllowed if it does not."""
        hall = self.ledger.hall(hall_id)
        if not hall.settings.web:
            raise NotAllowed("This hall does not issue tickets by phone.")
        return hall

    def hall_at(self, hall_id: HallId, seq: int) -> Hall:
        """A hall at sequence number ``seq`` or later, read once for all phones; raises UnknownHall, HallUnreadable."""
        known = self._newest.get(hall_id)
        if known is None or known.seq < seq:
            known = self._newest[hall_id] = self.ledger.hall(hall_id)
        return known

    def ticket(self, token: str) -> tuple[Hall, Ticket]:
        """The ticket of a customer's page, and its hall; raises UnknownTicket, HallUnreadable."""
        found = self.ledger.ticket_of(hash_of(token)) if re.fullmatch(UNGUESSABLE, token) else None
        if found is None:
            raise UnknownTicket("There is no ticket at this address.")
        return self.ledger.hall(found[0]), found[1]

    def stream(
        self,
        hall_id: HallId,
        select: Callable[[Hall], S],
        render: Callable[[S], str],
        is_final: Callable[[S], bool] | None = None,
    ) -> Response:
        """What a page shows, as Server-Sent Events: now, and whenever ``select`` returns something else.

        Ends when ``is_final``, because a browser has only six connections for all pages of a site.
        """

        async def events() -> AsyncIterator[str]:
            yield self.feed.page_prologue
            last_seq, last = -1, None
            async for seq in self.feed.changes(hall_id):
                now = select(self.hall_at(hall_id, seq))
                if now != last:
                    yield _event(render(now))
                    if is_final and is_final(now):
                        yield FINAL_EVENT
                        return
                elif seq == last_seq:
                    yield HEARTBEAT_EVENT
                last_seq, last = seq, now
            if self.feed.page_epilogue:
                yield self.feed.page_epilogue

        return StreamingResponse(events(), media_type="text/event-stream", headers=STREAM_HEADERS)


def _ahead_before_taking(reader: PageReader, queue: Queue) -> str:
    return customer_sentences.ahead_before_taking(reader.ours, queue)


def _ahead(reader: PageReader, ticket: ShownTicket) -> str:
    return customer_sentences.ahead(reader.ours, ticket.ahead, attended=ticket.attended)


def _event(text: str) -> str:
    return "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) + "\n"


@cache
def asset(name: str) -> str:
    """The address of a static file with its digest, so that browsers may cache it for a year."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


class CachedFiles(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(FOR_A_YEAR)
        return response


def page_route(site: Site) -> type[APIRoute]:
    """A class of routes that answer every failure, and every bug, with a page."""

    class FriendlyRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def page(request: Request) -> Response:
                try:
                    _require_acceptable(request, site)
                    return await answer(request)
                except Failure as failure:
                    return site.error_page(request, failure)
                except (RequestValidationError, HTTPException):
                    return site.error_page(request, Malformed("This form can't be read."))
                except Exception:
                    log.exception("a bug in %s %s", request.method, self.path)
                    return site.error_page(request, Failure("Something unexpected happened."))

            return page

    return FriendlyRoute


def _require_acceptable(request: Request, site: Site) -> None:
    """Raises Crowded, UnknownHost or TooLarge for a request that its route must not see."""
    if request.scope.get(FULL):
        raise Crowded("There are too many connections at the moment.", retry_after=RETRY_AFTER)
    if request.method == "POST" and site.host_names is not None:
        require_known_host(request.url.scheme, request.headers.get("host", ""), site.host_names)
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not (length.isdecimal() and int(length) <= LARGEST_FORM):
        raise TooLarge(f"A form has at most {LARGEST_FORM} bytes.")
