"""The routes of the customer's pages on a phone: choose a hall and a service, take a ticket, follow it, rate it."""

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
from shared.backend.http.customer_limits import CustomerLimits, with_browser_cookie
from shared.backend.http.customer_site import FINAL_ID, FOLDER, FOR_A_YEAR, PAGE_HEADERS, CachedFiles, Site, page_route
from shared.backend.http.event_feed import EventFeed
from shared.backend.http.page_context import ServiceMenu, ShownTicket, readable, reader_of, shown
from shared.backend.http.request_parsing import address_of
from shared.backend.http.security_middleware import SecuredApp
from shared.backend.http.ticket_cookie import UNGUESSABLE, HeldTicket, held_tickets, with_ticket_cookie
from shared.hall.errors import AlreadyRated, CommandIdReused, Invalid, TicketNotServed, TicketNotWaiting, UnknownTicket
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


def mount(app: SecuredApp, ledger: Ledger, feed: EventFeed, host_names: frozenset[str] | None) -> None:
    """Add the customer's pages and their static files to the backend; see ``Site`` for ``host_names``."""
    app.mount("/static/fonts", CachedFiles(directory=FOLDER / "fonts"))
    app.mount("/static", CachedFiles(directory=FOLDER / "static"))
    site = Site(ledger, feed, host_names)
    app.include_router(pages(site))
    not_found_pages.install(app, site)


def pages(site: Site) -> APIRouter:
    ledger = site.ledger
    router = APIRouter(route_class=page_route(site), include_in_schema=False)
    _add_menu_routes(router, site)
    customers = CustomerLimits(ledger.database)
    _add_ticket_routes(router, site, customers)
    find_ticket = partial(_find_ticket, site, customers)
    _add_following_routes(router, site, find_ticket)
    _add_rating_routes(router, site, find_ticket)
    return router


class FormKeys(NamedTuple):
    """Ids put into a form when its page is rendered, so that it acts once however often it is sent."""

    command_id: str
    token: str


def new_form_keys() -> FormKeys:
    return FormKeys(new_id(), secrets.token_urlsafe(16))


def _redirect(path: str, request: Request) -> Response:
    """Redirect to another page, keeping the language that was asked for."""
    asked = request.query_params.get("lang")
    address = f"{path}?lang={quote(asked, safe='')}" if asked else path
    return RedirectResponse(address, 303, {**PAGE_HEADERS})


# ── choosing a hall and a service ──


def _add_menu_routes(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def halls(request: Request) -> Response:
        found = site.halls()
        if len(found) == 1:
            return _redirect(f"/h/{found[0].id}", request)
        languages = dict.fromkeys(language for hall in found for language in hall.settings.languages)
        return site.page(
            "halls.html", reader_of(request, tuple(languages)), halls=found, held=held_tickets(request, site.ledger)
        )

    @router.get("/h")
    @router.get("/t")
    async def without_id(request: Request) -> Response:
        return _redirect("/", request)

    @router.get("/accent/{colour}.css")
    async def accent(colour: str) -> Response:
        rule = f":root {{ --accent: {readable('#' + colour)} }}"
        return Response(rule, media_type="text/css", headers=FOR_A_YEAR)

    @router.get("/h/{hall}")
    async def services(request: Request, hall: str) -> Response:
        found = site.hall(hall)
        reader, held = reader_of(request, found.settings.languages), held_tickets(request, site.ledger)
        return with_browser_cookie(site.page("hall.html", reader, found, once=new_form_keys, held=held), request)

    @router.get("/h/{hall}/events")
    async def menu_live(request: Request, hall: str) -> Response:
        found = site.hall(hall)
        reader, held = reader_of(request, found.settings.languages), held_tickets(request, site.ledger)

        def select(newer: Hall) -> tuple[ServiceMenu, list[HeldTicket]]:
            return site.menu(newer), [newest for one in held if (newest := one.in_newer(newer))]

        def render(selected: tuple[ServiceMenu, list[HeldTicket]]) -> str:
            menu, tickets = selected
            return site.render("waiting.html", reader, hall=found, now=menu, held=tickets)

        return site.stream(hall, select, render)

    @router.get("/h/{hall}/s/{service}")
    async def precedences(request: Request, hall: str, service: str) -> Response:
        found = site.hall(hall)
        chosen = require_open(found, found.service(service), site.ledger.wall())
        reader = reader_of(request, found.settings.languages)
        page = site.page("service.html", reader, found, service=chosen, once=new_form_keys())
        return with_browser_cookie(page, request)


# ── taking a ticket ──


def _add_ticket_routes(router: APIRouter, site: Site, customers: CustomerLimits) -> None:
    @router.get("/h/{hall}/tickets")
    async def form_is_elsewhere(request: Request, hall: str) -> Response:
        return _redirect(f"/h/{hall}", request)

    @router.post("/h/{hall}/tickets")
    async def take_ticket(
        request: Request,
        hall: str,
        service: Annotated[str, Form()] = "",
        precedence: Annotated[str, Form()] = "",
        command_id: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        found = site.hall(hall)
        reader = reader_of(request, found.settings.languages)
        if not re.fullmatch(UNGUESSABLE, token) or not COMMAND_ID.fits(command_id):
            raise Invalid("This form can't be read.")
        command = IssueTicket(
            command_id=command_id,
            service=found.service(service).id,  # raises UnknownService if there is none
            precedence=found.precedence(precedence).id if precedence else None,
            language=reader.language,
            origin=Origin.WEB,
            token_hash=hash_of(token),
        )
        if site.ledger.ticket_of(hash_of(token)) is None:
            with site.ledger.audit_writer.refusals(command.type_name(), address=address_of(request), hall=hall):
                await asyncio.to_thread(customers.take, request, hall, command_id)
            with customers.forgetting_refused(request, hall, command_id):
                await _take_once(site, hall, command)
        return _redirect(f"/t/{token}", request)


async def _take_once(site: Site, hall: HallId, command: IssueTicket) -> None:
    """Issue a ticket, unless this form has issued one already, even if by another of its buttons."""
    try:
        await site.ledger.do_async(hall, command, CUSTOMER)
    except CommandIdReused:
        if site.ledger.ticket_of(str(command.token_hash)) is None:
            raise


# ── following a ticket ──


FindTicket: TypeAlias = Callable[[Request, str], Awaitable[tuple[Hall, Ticket]]]


async def _find_ticket(site: Site, customers: CustomerLimits, request: Request, token: str) -> tuple[Hall, Ticket]:
    """``Site.ticket``; after many wrong guesses raises TooOften."""
    try:
        return site.ticket(token)
    except UnknownTicket:
        with site.ledger.audit_writer.refusals("follow-ticket", address=address_of(request)):
            await asyncio.to_thread(customers.count_missing, request)
        raise


def _add_following_routes(router: APIRouter, site: Site, find_ticket: FindTicket) -> None:
    @router.get("/t/{token}")
    async def ticket(request: Request, token: str) -> Response:
        hall, found = await find_ticket(request, token)
        reader = reader_of(request, hall.settings.languages, found.language)
        page = site.page("ticket.html", reader, hall, ticket=shown(hall, found), token=token)
        return with_ticket_cookie(page, request, token, site.ledger)

    @router.get("/t/{token}/events")
    async def ticket_live(request: Request, token: str) -> Response:
        if request.headers.get("last-event-id") == FINAL_ID:
            return Response(status_code=204)  # an EventSource gives up at this (WHATWG HTML, 9.2.3)
        hall, found = await find_ticket(request, token)
        reader = reader_of(request, hall.settings.languages, found.language)

        def select(newer: Hall) -> ShownTicket:
            return shown(newer, _newest_state(newer, found) or site.ticket(token)[1])

        def render(now: ShownTicket) -> str:
            return site.render("live.html", reader, ticket=now, hall=hall, token=token)

        return site.stream(hall.id, select, render, lambda now: now.ended)

    @router.get("/t/{token}/leave")
    async def leave_form_is_elsewhere(request: Request, token: str) -> Response:
        return _redirect(f"/t/{token}", request)

    @router.post("/t/{token}/leave")
    async def leave(request: Request, token: str) -> Response:
        hall, found = await find_ticket(request, token)
        try:
            await site.ledger.do_async(hall.id, CancelTicket(ticket=found.id), CUSTOMER)
        except (TicketNotWaiting, UnknownTicket):
            log.info("%s can't be cancelled any more", found.label)  # its page says why
        return _redirect(f"/t/{token}", request)


# ── rating the visit ──


def _add_rating_routes(router: APIRouter, site: Site, find_ticket: FindTicket) -> None:
    @router.get("/t/{token}/feedback")
    async def feedback_form_is_elsewhere(request: Request, token: str) -> Response:
        return _redirect(f"/t/{token}", request)

    @router.post("/t/{token}/feedback")
    async def feedback(request: Request, token: str, rating: Annotated[int, Form()]) -> Response:
        hall, found = await find_ticket(request, token)
        try:
            await site.ledger.do_async(hall.id, GiveFeedback(ticket=found.id, rating=rating), CUSTOMER)
        except (AlreadyRated, TicketNotServed, UnknownTicket):
            log.info("%s can't be rated any more", found.label)  # its page says why
        return _redirect(f"/t/{token}", request)


def _newest_state(hall: Hall, ticket: Ticket) -> Ticket | None:
    """The ticket in this newer hall; None if it ended too long ago to be kept there."""
    try:
        return hall.ticket(ticket.id)
    except UnknownTicket:
        return None
