"""The HTTP interface: routes made from the list of commands, snapshots, the event feed, health."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from shared.access.request_list import REQUESTS, decode_request
from shared.addresses import HEADER
from shared.backend.access.access_policy import AccessPolicy
from shared.backend.access.accounts import Accounts
from shared.backend.access.authentication import Authenticator
from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.access.sign_on_accounts import SignOnAccounts
from shared.backend.background.business_days import keep_time
from shared.backend.background.housekeeping import keep_house
from shared.backend.halls.ledger import Ledger
from shared.backend.http import customer_pages, openapi, pairing_routes, problems, session_routes
from shared.backend.http.command_routes import Commands
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.dependencies import Anybody, Backend, Here, Seeing, StaffSeeing, Token
from shared.backend.http.event_feed import HEARTBEAT, Feed, Telling
from shared.backend.http.event_stream import EventStream
from shared.backend.http.metrics import figures, require_reader
from shared.backend.http.request_parsing import json_body
from shared.backend.http.security_middleware import SecuredApp
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage.database import OLDER
from shared.hall.errors import Invalid, Unreachable
from shared.hall.field_limits import ID
from shared.hall.input_checks import require
from shared.hall.json_codec import encode, encode_hall
from shared.hall.rules import COMMANDS, RULES


def create_app(
    ledger: Ledger,
    accounts: Accounts,
    policy: AccessPolicy | None = None,
    feed: Telling | None = None,
    limits: ConnectionLimits | None = None,
) -> FastAPI:
    """The whole backend over one ledger: API, pages, feed."""
    policy = policy or AccessPolicy()
    backend = Backend(
        ledger=ledger,
        accounts=accounts,
        feed=feed or Feed(ledger),
        authenticator=Authenticator(accounts),
        handlers=RequestHandlers(ledger, accounts),
        policy=policy,
        sign_on=SignOnAccounts(ledger.database, policy.sign_on, ledger.halls) if policy.sign_on else None,
        revocations=RevocationWatch(accounts),
        limits=limits or ConnectionLimits(),
    )
    app = SecuredApp(title="Now Serving", version=openapi.VERSION, lifespan=_lifespan, only_https=policy.only_https)
    app.state.backend = backend
    problems.install(app)
    app.include_router(health)
    for router in (session_routes.routes, halls, _requests(), pairing_routes.routes(ledger)):
        app.include_router(router, prefix="/api/v1")
    bodies = [*session_routes.BODIES, *pairing_routes.BODIES, *RULES, *REQUESTS.values()]
    openapi.install(app, bodies, _commands().routes)
    app.put_in_front(partial(Commands, ledger=ledger, authenticator=backend.authenticator))
    customer_pages.mount(app, ledger, backend.feed, policy.names)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    backend: Backend = app.state.backend
    backend.feed.open()
    work = (keep_time(backend.ledger), keep_house(backend.ledger), backend.revocations.keep())
    tasks = [asyncio.create_task(one) for one in work]
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
def ready(backend: Here) -> PlainTextResponse:
    backend.ledger.halls()
    if not backend.ledger.database.is_current():
        raise Unreachable(OLDER)
    return PlainTextResponse("ready\n")


@health.get("/metrics")
async def metrics(backend: Here, request: Request) -> PlainTextResponse:
    await require_reader(request, backend.policy, backend.authenticator)
    text = await asyncio.to_thread(figures, backend.ledger, backend.limits)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


# ── halls ──

halls = APIRouter(tags=["halls"])


@halls.get("/halls", name="list-halls")
def visible_halls(backend: Here, actor: Anybody) -> list[dict[str, Any]]:
    """The halls the caller may see."""
    # Before a password of their own too: a station that was told of no hall asks here where to send the new one.
    found = [backend.ledger.hall(actor.hall)] if actor.hall else backend.ledger.readable()
    return [{"id": hall.id, "name": encode(hall.settings.name)} for hall in found]


@halls.get("/halls/{hall}", name="read-hall")
def snapshot(backend: Here, hall: str, actor: Seeing) -> JSONResponse:
    """The state of a hall with its sequence number."""
    return JSONResponse(encode_hall(backend.ledger.hall(hall), backend.ledger.wall()), headers=_pages(backend))


@halls.get("/halls/{hall}/tickets/{ticket}/notes", name="read-notes")
def notes(backend: Here, hall: str, ticket: str, actor: StaffSeeing) -> list[dict[str, Any]]:
    """What colleagues wrote down about a visit, the oldest first; for staff alone."""
    require(ID, ticket, "ticket")
    return [encode(note) for note in backend.ledger.notes(hall, ticket)]


@halls.get("/halls/{hall}/events", name="follow-hall", response_class=StreamingResponse)
async def events(
    backend: Here,
    hall: str,
    token: Token,
    actor: Seeing,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    heartbeat: Annotated[float, Query(ge=1, le=60)] = HEARTBEAT,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventStream:
    """What happens in a hall from an event on, as Server-Sent Events, without a gap."""
    now = await asyncio.to_thread(backend.ledger.hall, hall)
    start = _start(after, last_event_id, now.seq)
    stream = EventStream(backend.feed, backend.revocations, token, hall, start, heartbeat)
    stream.headers.update(_pages(backend))
    return stream


def _pages(backend: Backend) -> dict[str, str]:
    """Tells a station where customers' phones reach the pages, if that is another way than its own."""
    return {HEADER: backend.policy.pages} if backend.policy.pages else {}


def _start(after: int | None, last_event_id: str | None, seq: int) -> int:
    """Where a listener goes on: after the last event it has, else where it asks to, else from now."""
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
    """A route for each thing that may be asked about who comes in."""
    router = APIRouter(prefix="/halls/{hall}/requests", tags=["requests"])
    for name, kind in REQUESTS.items():
        router.add_api_route(
            f"/{name}",
            _answering(name),
            methods=["POST"],
            name=name,
            summary=name.replace("-", " ").capitalize(),
            description=openapi.who_may(kind.__doc__ or "", kind.ALLOWED),
            responses=openapi.answered(kind),
            openapi_extra=openapi.body(kind),
        )
    return router


def _answering(name: str) -> Callable[..., Awaitable[JSONResponse]]:
    async def answer(backend: Here, hall: str, actor: Anybody, request: Request) -> JSONResponse:
        with backend.ledger.audit_writer.refusals(name, by=actor, hall=hall):
            asked = decode_request(name, await json_body(request))
        answered = await asyncio.to_thread(backend.handlers.answer, hall, asked, actor)
        return JSONResponse({"answer": encode(answered)})

    return answer


# ── commands ──


def _commands() -> APIRouter:
    """The routes of the commands as the description has them; ``Commands`` answers them."""
    router = APIRouter(prefix="/api/v1", tags=["commands"])
    for name, command in COMMANDS.items():
        router.add_api_route(
            f"/halls/{{hall}}/commands/{name}",
            _as_described,
            methods=["POST"],
            name=name,
            summary=name.replace("-", " ").capitalize(),
            description=openapi.description(RULES[command]),
            responses=openapi.ANSWERS,
            openapi_extra=openapi.body(command),
        )
    return router


async def _as_described(hall: str, authorization: Annotated[str | None, Header()] = None) -> JSONResponse:
    raise NotImplementedError
