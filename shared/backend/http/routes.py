"""The HTTP API: routes of health, halls and requests, the description of the commands' routes, and the whole app."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from shared.addresses import PAGES_HEADER
from shared.backend.access.accounts import Accounts
from shared.backend.access.authentication import Authenticator
from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.access.security_configuration import SecurityConfiguration
from shared.backend.access.sign_on_accounts import SignOnAccounts
from shared.backend.background.business_days import keep_business_days
from shared.backend.background.housekeeping import keep_housekeeping
from shared.backend.halls.ledger import Ledger
from shared.backend.http import customer_pages, openapi, pairing_routes, problems, session_routes
from shared.backend.http.command_routes import CommandRoutes
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.dependencies import Backend, HallReader, OurBackend, SignedIn, StaffReader, Token
from shared.backend.http.event_feed import HEARTBEAT, EventFeed, LiveFeed
from shared.backend.http.event_response import EventResponse
from shared.backend.http.metrics import figures, require_reader
from shared.backend.http.request_parsing import json_body
from shared.backend.http.security_middleware import SecuredApp
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage.database import OLDER
from shared.hall.errors import Invalid, Unreachable
from shared.hall.field_limits import ID
from shared.hall.input_checks import check_text
from shared.hall.json_codec import encode, encode_hall
from shared.hall.rules import COMMANDS, RULES
from shared.requests.request_list import REQUESTS, decode_request


def create_app(
    ledger: Ledger,
    accounts: Accounts,
    security: SecurityConfiguration | None = None,
    feed: EventFeed | None = None,
    limits: ConnectionLimits | None = None,
) -> FastAPI:
    """The backend over one ledger as an ASGI app: API, customer's pages, event feed, background work."""
    security = security or SecurityConfiguration()
    backend = Backend(
        ledger=ledger,
        accounts=accounts,
        feed=feed or LiveFeed(ledger),
        authenticator=Authenticator(accounts),
        handlers=RequestHandlers(ledger, accounts),
        security=security,
        sign_on=SignOnAccounts(ledger.database, security.sign_on, ledger.hall_ids) if security.sign_on else None,
        revocations=RevocationWatch(accounts),
        limits=limits or ConnectionLimits(),
    )
    app = SecuredApp(title="Now Serving", version=openapi.VERSION, lifespan=_lifespan, only_https=security.only_https)
    app.state.backend = backend
    problems.install(app)
    app.include_router(health)
    for router in (session_routes.routes, halls, _requests(), pairing_routes.routes(ledger)):
        app.include_router(router, prefix="/api/v1")
    bodies = [*session_routes.BODIES, *pairing_routes.BODIES, *RULES, *REQUESTS.values()]
    openapi.install(app, bodies, _commands().routes)
    app.put_in_front(partial(CommandRoutes, ledger=ledger, authenticator=backend.authenticator))
    customer_pages.mount(app, ledger, backend.feed, security.names)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    backend: Backend = app.state.backend
    backend.feed.open()
    loops = (keep_business_days(backend.ledger), keep_housekeeping(backend.ledger), backend.revocations.keep())
    tasks = [asyncio.create_task(loop) for loop in loops]
    yield
    for task in tasks:
        task.cancel()
    backend.feed.close()


# ── health ──

health = APIRouter(include_in_schema=False)


@health.get("/healthz")
async def alive() -> PlainTextResponse:
    return PlainTextResponse("ok\n")


@health.get("/readyz")
def ready(backend: OurBackend) -> PlainTextResponse:
    backend.ledger.hall_ids()
    if not backend.ledger.database.is_current():
        raise Unreachable(OLDER)
    return PlainTextResponse("ready\n")


@health.get("/metrics")
async def metrics(backend: OurBackend, request: Request) -> PlainTextResponse:
    await require_reader(request, backend.security, backend.authenticator)
    text = await asyncio.to_thread(figures, backend.ledger, backend.limits)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


# ── halls ──

halls = APIRouter(tags=["halls"])


@halls.get("/halls", name="list-halls")
def visible_halls(backend: OurBackend, actor: SignedIn) -> list[dict[str, Any]]:
    """The halls the caller may see."""
    # Also before the first password is changed: a station without a hall asks here where to send the new one.
    found = [backend.ledger.hall(actor.hall)] if actor.hall else backend.ledger.readable_halls()
    return [{"id": hall.id, "name": encode(hall.settings.name)} for hall in found]


@halls.get("/halls/{hall}", name="read-hall")
def snapshot(backend: OurBackend, hall: str, actor: HallReader) -> JSONResponse:
    """The state of a hall with its sequence number."""
    return JSONResponse(encode_hall(backend.ledger.hall(hall), backend.ledger.wall()), headers=_pages(backend))


@halls.get("/halls/{hall}/tickets/{ticket}/notes", name="read-notes")
def notes(backend: OurBackend, hall: str, ticket: str, actor: StaffReader) -> list[dict[str, Any]]:
    """The notes of colleagues about a visit, the oldest first; for staff alone."""
    check_text(ID, ticket, "ticket")
    return [encode(note) for note in backend.ledger.notes(hall, ticket)]


@halls.get("/halls/{hall}/events", name="follow-hall", response_class=StreamingResponse)
async def events(
    backend: OurBackend,
    hall: str,
    token: Token,
    actor: HallReader,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    heartbeat: Annotated[float, Query(ge=1, le=60)] = HEARTBEAT,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventResponse:
    """The events of a hall after an event, as Server-Sent Events, without a gap."""
    now = await asyncio.to_thread(backend.ledger.hall, hall)
    start = _start(after, last_event_id, now.seq)
    stream = EventResponse(backend.feed, backend.revocations, token, hall, start, heartbeat)
    stream.headers.update(_pages(backend))
    return stream


def _pages(backend: Backend) -> dict[str, str]:
    """A header that tells a station under which address phones reach the pages, if it is not the station's own."""
    return {PAGES_HEADER: backend.security.pages} if backend.security.pages else {}


def _start(after: int | None, last_event_id: str | None, seq: int) -> int:
    """The last event a listener has: that of its header, else of the query, else the newest; raises Invalid."""
    if last_event_id is None:
        start = seq if after is None else after
    elif re.fullmatch(r"[0-9]{1,15}", last_event_id):
        start = int(last_event_id)
    else:
        raise Invalid("Last-Event-ID is the number of an event.")
    if start > seq:
        raise Invalid("This event has not happened here: take a fresh snapshot.")
    return start


# ── requests ──


def _requests() -> APIRouter:
    """A route for each request of shared/requests (staff, devices, contacts, audit)."""
    router = APIRouter(prefix="/halls/{hall}/requests", tags=["requests"])
    for name, kind in REQUESTS.items():
        router.add_api_route(
            f"/{name}",
            _answer_route(name),
            methods=["POST"],
            name=name,
            summary=name.replace("-", " ").capitalize(),
            description=openapi.description(kind.__doc__ or "", kind.ALLOWED),
            responses=openapi.answers_of(kind),
            openapi_extra=openapi.body(kind),
        )
    return router


def _answer_route(name: str) -> Callable[..., Awaitable[JSONResponse]]:
    async def answer(backend: OurBackend, hall: str, actor: SignedIn, request: Request) -> JSONResponse:
        with backend.ledger.audit_writer.refusals(name, by=actor, hall=hall):
            decoded = decode_request(name, await json_body(request))
        result = await asyncio.to_thread(backend.handlers.answer, hall, decoded, actor)
        return JSONResponse({"answer": encode(result)})

    return answer


# ── commands ──


def _commands() -> APIRouter:
    """The routes of the commands as OpenAPI describes them; ``CommandRoutes`` answers them."""
    router = APIRouter(prefix="/api/v1", tags=["commands"])
    for name, command in COMMANDS.items():
        router.add_api_route(
            f"/halls/{{hall}}/commands/{name}",
            _described_only,
            methods=["POST"],
            name=name,
            summary=name.replace("-", " ").capitalize(),
            description=openapi.description(command.__doc__ or "", RULES[command].allowed),
            responses=openapi.ANSWERS,
            openapi_extra=openapi.body(command),
        )
    return router


async def _described_only(hall: str, authorization: Annotated[str | None, Header()] = None) -> JSONResponse:
    raise NotImplementedError  # ``CommandRoutes`` answers first
