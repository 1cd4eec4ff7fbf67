"""What every page of the customer's stands on: the halls, the templates, live streams, and friendly refusals."""

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
from shared.backend.http.allowed_hosts import require_ours
from shared.backend.http.connection_limits import AGAIN, FULL, Crowded
from shared.backend.http.event_feed import Telling
from shared.backend.http.page_context import Reader, ServiceMenu, ShownTicket, menu, readable, reader_of
from shared.backend.http.ticket_cookie import UNGUESSABLE, held_by
from shared.catalogue import languages
from shared.hall.errors import Failure, Malformed, NotAllowed, Refused, TooLarge, Unknown, UnknownHall, UnknownTicket
from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.issuing import Queue
from shared.hall.opening import Opening
from shared.hall.values import HallSettings, Ticket
from shared.languages import is_right_to_left, own_name

log = logging.getLogger(__name__)

S = TypeVar("S")

FOLDER = Path(__file__).parents[3] / "resources" / "web"

IN_A_HALL = re.compile("/h/([^/]+)")

LARGEST_FORM = 4096
"""Bytes; our forms send a few hundred."""

FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For what carries its digest in its address, or never changes."""

PAGE_HEADERS = {"Vary": "Accept-Language", "X-Robots-Tag": "noindex"}
STREAM_HEADERS = {"X-Accel-Buffering": "no"}

OUR_LANGUAGES = tuple(sorted(languages(), key=lambda language: language != "en"))
"""What is said where no hall is known; English to whoever speaks none of them."""

NO_MORE = "over"

BEAT = ": still here\nevent: beat\ndata: 1\n\n"
"""The comment keeps the line open; the event lets the page notice a line that died without a word."""

OVER = f"id: {NO_MORE}\nevent: over\ndata: 1\n\n"
"""Nothing more happens to what the page shows: a browser that comes again with this number is sent away for good."""


class NoSuchPage(Unknown):
    """Nothing is at this address."""


class NotDoneThere(Refused):
    """There is such an address, but nothing of this kind can be done there."""

    status = 405


class SentFromElsewhere(NotAllowed):
    """A page of another site sent what only ours may send."""


class Site:
    """The halls, their changes and the templates."""

    def __init__(self, ledger: Ledger, feed: Telling, names: frozenset[str] | None = None) -> None:
        self.ledger = ledger
        self.feed = feed
        self.names = names
        loader = FileSystemLoader(FOLDER / "templates")
        self.templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self.templates.globals.update(asset=asset, is_right_to_left=is_right_to_left, own_name=own_name, menu=self.menu)
        self.templates.globals.update(closed=self._closed, closed_notice=self._closed_notice)
        self.templates.globals.update(ahead=_ahead, before_taking=_before_taking)
        self._seen: dict[HallId, Hall] = {}

    def render(self, template: str, to: Reader, **values: Any) -> str:
        return self.templates.get_template(template).render(t=to.t, say=to.say, reader=to, **values)

    def page(self, template: str, to: Reader, hall: Hall | None = None, status: int = 200, **values: Any) -> Response:
        accent = readable((hall.settings if hall else HallSettings()).accent)
        return HTMLResponse(self.render(template, to, hall=hall, accent=accent[1:], **values), status, PAGE_HEADERS)

    def apology(self, request: Request, failure: Failure) -> Response:
        """A page that says what went wrong and leads on; never the inside of the program."""
        hall = self._hall_of(request)
        to = reader_of(request, hall.settings.languages if hall else OUR_LANGUAGES)
        then = self._opens(to, hall, failure) if hall else ""
        held = held_by(request, self.ledger) if isinstance(failure, Refused) else []
        about = {"kind": failure.type_name(), "opens": then, "held": held, "first": request.url.path == "/"}
        page = self.page("refused.html", to, hall, failure.status, **about)
        if "retry_after" in failure.about:
            page.headers["Retry-After"] = failure.about["retry_after"]
        if isinstance(failure, Crowded):
            page.headers["Connection"] = "close"
        return page

    def menu(self, hall: Hall) -> ServiceMenu:
        """The services as they are at this moment."""
        return menu(hall, self.ledger.now(hall))

    def _closed(self, to: Reader, hall: Hall, shown: Opening) -> str:
        return customer_sentences.closed(to.ours, hall, shown, self.ledger.wall())

    def _closed_notice(self, to: Reader, hall: Hall) -> list[str]:
        return customer_sentences.closed_notice(to.ours, hall, self.ledger.wall())

    def _opens(self, to: Reader, hall: Hall, failure: Failure) -> str:
        return customer_sentences.opens_after(to.ours, hall.settings, failure, self.ledger.wall())

    def _hall_of(self, request: Request) -> Hall | None:
        found = IN_A_HALL.match(request.scope["path"])
        try:
            return self.ledger.hall(found[1]) if found else None
        except Failure:
            return None

    def halls(self) -> list[Hall]:
        """The halls that give numbers by phone; raises UnknownHall if none does."""
        if found := [hall for hall in self.ledger.readable() if hall.settings.web and hall.on_offer()]:
            return found
        raise UnknownHall("No hall here gives numbers by phone.")

    def hall(self, name: HallId) -> Hall:
        """A hall that gives numbers by phone; raises UnknownHall or NotAllowed."""
        hall = self.ledger.hall(name)
        if not hall.settings.web:
            raise NotAllowed("This hall gives no numbers by phone.")
        return hall

    def hall_at(self, name: HallId, seq: int) -> Hall:
        """A hall at least this new; phones that hear of the same change share one reading."""
        known = self._seen.get(name)
        if known is None or known.seq < seq:
            known = self._seen[name] = self.ledger.hall(name)
        return known

    def ticket(self, token: str) -> tuple[Hall, Ticket]:
        """The ticket of a customer's own page, and its hall; raises UnknownTicket."""
        found = self.ledger.ticket_of(hash_of(token)) if re.fullmatch(UNGUESSABLE, token) else None
        if found is None:
            raise UnknownTicket("There is no ticket at this address.")
        return self.ledger.hall(found[0]), found[1]

    def stream(
        self,
        hall: HallId,
        look: Callable[[Hall], S],
        write: Callable[[S], str],
        over: Callable[[S], bool] | None = None,
    ) -> Response:
        """What a page shows, as Server-Sent Events: now, and whenever ``look`` finds something else, until it is over.

        A browser has six connections for all its pages: none is kept for what does not change any more.
        """

        async def events() -> AsyncIterator[str]:
            yield self.feed.opening
            last_seq, last = -1, None
            async for seq in self.feed.changes(hall):
                now = look(self.hall_at(hall, seq))
                if now != last:
                    yield _event(write(now))
                    if over and over(now):
                        yield OVER
                        return
                elif seq == last_seq:
                    yield BEAT
                last_seq, last = seq, now
            if self.feed.closing:
                yield self.feed.closing

        return StreamingResponse(events(), media_type="text/event-stream", headers=STREAM_HEADERS)


def _before_taking(to: Reader, queue: Queue) -> str:
    return customer_sentences.before_taking(to.ours, queue)


def _ahead(to: Reader, ticket: ShownTicket) -> str:
    return customer_sentences.ahead(to.ours, ticket.ahead, attended=ticket.attended)


def _event(text: str) -> str:
    return "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) + "\n"


@cache
def asset(name: str) -> str:
    """The address of a static file with its digest, so that it may be kept for a year."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


class LongLived(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(FOR_A_YEAR)
        return response


def friendly(site: Site) -> type[APIRoute]:
    """Routes that answer whatever goes wrong with a page."""

    class FriendlyRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def page(request: Request) -> Response:
                try:
                    _limit(request, site)
                    return await answer(request)
                except Failure as failure:
                    return site.apology(request, failure)
                except (RequestValidationError, HTTPException):
                    return site.apology(request, Malformed("This form can't be read."))
                except Exception:
                    log.exception("a bug in %s %s", request.method, self.path)
                    return site.apology(request, Failure("Something unexpected happened."))

            return page

    return FriendlyRoute


def _limit(request: Request, site: Site) -> None:
    """Whoever is turned away unheard; raises Crowded, UnknownHost or TooLarge."""
    if request.scope.get(FULL):
        raise Crowded("There is no room for one more at the moment.", retry_after=AGAIN)
    if request.method == "POST" and site.names is not None:
        require_ours(request.url.scheme, request.headers.get("host", ""), site.names)
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not (length.isdecimal() and int(length) <= LARGEST_FORM):
        raise TooLarge(f"A form has at most {LARGEST_FORM} bytes.")
