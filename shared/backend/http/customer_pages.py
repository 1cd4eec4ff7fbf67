"""The customer's pages on a phone: choose a hall and a service, get a number, follow it until it is called."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, NamedTuple, TypeAlias
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from shared.backend.access.secret_hashes import hash_of
from shared.backend.halls.ledger import Ledger
from shared.backend.http import not_found_pages
from shared.backend.http.customer_limits import CustomerLimits, known_by
from shared.backend.http.customer_site import FOLDER, FOR_A_YEAR, NO_MORE, PAGE_HEADERS, LongLived, Site, friendly
from shared.backend.http.event_feed import Telling
from shared.backend.http.page_context import ServiceMenu, ShownTicket, readable, reader_of, shown
from shared.backend.http.request_parsing import address_of
from shared.backend.http.security_middleware import SecuredApp
from shared.backend.http.ticket_cookie import UNGUESSABLE, HeldTicket, held_by, holding
from shared.hall.errors import (
    AlreadyRated,
    CommandIdReused,
    Invalid,
    TicketNotServed,
    TicketNotWaiting,
    UnknownTicket,
)
from shared.hall.feedback import GiveFeedback
from shared.hall.field_limits import COMMAND_ID
from shared.hall.field_types import HallId, new_id
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.opening import require_open
from shared.hall.roles import Actor, Role
from shared.hall.values import Origin, Ticket

log = logging.getLogger(__name__)

CUSTOMER = Actor(name="web", role=Role.CUSTOMER)


def mount(app: SecuredApp, ledger: Ledger, feed: Telling, names: frozenset[str] | None) -> None:
    """Put the customer's pages, and what they are made of, into the backend."""
    app.mount("/static/fonts", LongLived(directory=FOLDER / "fonts"))
    app.mount("/static", LongLived(directory=FOLDER / "static"))
    site = Site(ledger, feed, names)
    app.include_router(pages(site))
    not_found_pages.install(app, site)


def pages(site: Site) -> APIRouter:
    """The routes of the customer's pages."""
    ledger = site.ledger
    router = APIRouter(route_class=friendly(site), include_in_schema=False)
    _choosing(router, site)
    customers = CustomerLimits(ledger.database)
    _taking(router, site, customers)
    own = partial(_own, site, customers)
    _following(router, site, own)
    _rating(router, site, own)
    return router


class Once(NamedTuple):
    """What makes a form act once, however often it is sent: made when the page is made."""

    command_id: str
    token: str


def once() -> Once:
    return Once(new_id(), secrets.token_urlsafe(16))


def _go(path: str, request: Request) -> Response:
    """On to another page, in the language that was asked for."""
    asked = request.query_params.get("lang")
    address = f"{path}?lang={quote(asked, safe='')}" if asked else path
    return RedirectResponse(address, 303, {**PAGE_HEADERS})


# ── choosing a hall and a service ──


def _choosing(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def halls(request: Request) -> Response:
        found = site.halls()
        if len(found) == 1:
            return _go(f"/h/{found[0].id}", request)
        languages = dict.fromkeys(language for hall in found for language in hall.settings.languages)
        return site.page(
            "halls.html", reader_of(request, tuple(languages)), halls=found, held=held_by(request, site.ledger)
        )

    @router.get("/h")
    @router.get("/t")
    async def nothing_named(request: Request) -> Response:
        return _go("/", request)

    @router.get("/accent/{colour}.css")
    async def accent(colour: str) -> Response:
        rule = f":root {{ --accent: {readable('#' + colour)} }}"
        return Response(rule, media_type="text/css", headers=FOR_A_YEAR)

    @router.get("/h/{hall}")
    async def services(request: Request, hall: str) -> Response:
        found = site.hall(hall)
        to, held = reader_of(request, found.settings.languages), held_by(request, site.ledger)
        return known_by(site.page("hall.html", to, found, once=once, held=held), request)

    @router.get("/h/{hall}/events")
    async def menu_live(request: Request, hall: str) -> Response:
        found = site.hall(hall)
        to, held = reader_of(request, found.settings.languages), held_by(request, site.ledger)

        def look(newer: Hall) -> tuple[ServiceMenu, list[HeldTicket]]:
            return site.menu(newer), [now for one in held if (now := one.in_newer(newer))]

        def write(now: tuple[ServiceMenu, list[HeldTicket]]) -> str:
            return site.render("waiting.html", to, hall=found, now=now[0], held=now[1])

        return site.stream(hall, look, write)

    @router.get("/h/{hall}/s/{service}")
    async def precedences(request: Request, hall: str, service: str) -> Response:
        found = site.hall(hall)
        chosen = require_open(found, found.service(service), site.ledger.wall())
        to = reader_of(request, found.settings.languages)
        return known_by(site.page("service.html", to, found, service=chosen, once=once()), request)


# ── getting a number ──


def _taking(router: APIRouter, site: Site, customers: CustomerLimits) -> None:
    @router.get("/h/{hall}/tickets")
    async def not_here(request: Request, hall: str) -> Response:
        return _go(f"/h/{hall}", request)

    @router.post("/h/{hall}/tickets")
    async def take(
        request: Request,
        hall: str,
        service: Annotated[str, Form()] = "",
        precedence: Annotated[str, Form()] = "",
        command_id: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        found = site.hall(hall)
        to = reader_of(request, found.settings.languages)
        if not re.fullmatch(UNGUESSABLE, token) or not COMMAND_ID.fits(command_id):
            raise Invalid("This form can't be read.")
        command = IssueTicket(
            command_id=command_id,
            service=found.service(service).id,  # what is nowhere on our pages gets no further than here
            precedence=found.precedence(precedence).id if precedence else None,
            language=to.language,
            origin=Origin.WEB,
            token_hash=hash_of(token),
        )
        if site.ledger.ticket_of(hash_of(token)) is None:
            with site.ledger.audit_writer.refusals(command.type_name(), address=address_of(request), hall=hall):
                await asyncio.to_thread(customers.take, request, hall, command_id)
            with customers.giving_back(request, hall, command_id):
                await _take_once(site, hall, command)
        return _go(f"/t/{token}", request)


async def _take_once(site: Site, hall: HallId, command: IssueTicket) -> None:
    """A form that already gave a number leads to that one, even if another key was tapped the second time."""
    try:
        await site.ledger.do_soon(hall, command, CUSTOMER)
    except CommandIdReused:
        if site.ledger.ticket_of(str(command.token_hash)) is None:
            raise


# ── following it ──


Own: TypeAlias = Callable[[Request, str], Awaitable[tuple[Hall, Ticket]]]


async def _own(site: Site, customers: CustomerLimits, request: Request, token: str) -> tuple[Hall, Ticket]:
    """The ticket of a customer's own page, and its hall; raises UnknownTicket, or TooOften for who goes on guessing."""
    try:
        return site.ticket(token)
    except UnknownTicket:
        with site.ledger.audit_writer.refusals("follow-ticket", address=address_of(request)):
            await asyncio.to_thread(customers.missed, request)
        raise


def _following(router: APIRouter, site: Site, own: Own) -> None:
    @router.get("/t/{token}")
    async def ticket(request: Request, token: str) -> Response:
        hall, found = await own(request, token)
        to = reader_of(request, hall.settings.languages, found.language)
        page = site.page("ticket.html", to, hall, ticket=shown(hall, found), token=token)
        return holding(page, request, token, site.ledger)

    @router.get("/t/{token}/events")
    async def ticket_live(request: Request, token: str) -> Response:
        if request.headers.get("last-event-id") == NO_MORE:
            return Response(status_code=204)  # an EventSource gives up at this (WHATWG HTML, 9.2.3)
        hall, found = await own(request, token)
        to = reader_of(request, hall.settings.languages, found.language)

        def look(newer: Hall) -> ShownTicket:
            return shown(newer, _newest(newer, found) or site.ticket(token)[1])

        def write(now: ShownTicket) -> str:
            return site.render("live.html", to, ticket=now, hall=hall, token=token)

        return site.stream(hall.id, look, write, lambda now: now.ended)

    @router.get("/t/{token}/leave")
    async def not_here(request: Request, token: str) -> Response:
        return _go(f"/t/{token}", request)

    @router.post("/t/{token}/leave")
    async def leave(request: Request, token: str) -> Response:
        hall, found = await own(request, token)
        try:
            await site.ledger.do_soon(hall.id, CancelTicket(ticket=found.id), CUSTOMER)
        except (TicketNotWaiting, UnknownTicket):
            log.info("%s left when it was not waiting any more", found.label)  # its page says what it is
        return _go(f"/t/{token}", request)


# ── saying how it was ──


def _rating(router: APIRouter, site: Site, own: Own) -> None:
    @router.get("/t/{token}/feedback")
    async def no_feedback_here(request: Request, token: str) -> Response:
        return _go(f"/t/{token}", request)

    @router.post("/t/{token}/feedback")
    async def feedback(request: Request, token: str, rating: Annotated[int, Form()]) -> Response:
        hall, found = await own(request, token)
        try:
            await site.ledger.do_soon(hall.id, GiveFeedback(ticket=found.id, rating=rating), CUSTOMER)
        except (AlreadyRated, TicketNotServed, UnknownTicket):
            log.info("%s can't be rated any more", found.label)  # its page says what it is
        return _go(f"/t/{token}", request)


def _newest(hall: Hall, ticket: Ticket) -> Ticket | None:
    """The ticket as the hall has it at hand; None once it ended long ago."""
    try:
        return hall.ticket(ticket.id)
    except UnknownTicket:
        return None
