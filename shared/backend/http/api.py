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

from shared.access.requests import REQUESTS, decode_request
from shared.addresses import HEADER
from shared.backend.access.accounts import Accounts
from shared.backend.access.door import Door
from shared.backend.access.entrance import Entrance
from shared.backend.access.guard import Guard
from shared.backend.access.sign_on import SignOn
from shared.backend.desk.desk import Desk
from shared.backend.halls.ledger import Ledger
from shared.backend.halls.timekeeper import keep_time
from shared.backend.http import coming_in, openapi, pairing_routes, problems, web
from shared.backend.http.askers import Anybody, Backend, Here, Seeing, StaffSeeing, Token
from shared.backend.http.asking import json_body
from shared.backend.http.commands import Commands
from shared.backend.http.feed import HEARTBEAT, Feed, Telling
from shared.backend.http.figures import figures, require_reader
from shared.backend.http.gate import Gated
from shared.backend.http.housekeeping import keep_house
from shared.backend.http.room import Room
from shared.backend.http.stream import EventStream
from shared.backend.storage.database import OLDER
from shared.hall.errors import Invalid, Unreachable
from shared.hall.forms import ID
from shared.hall.readable import require
from shared.hall.rules import COMMANDS, RULES
from shared.hall.wire import encode, encode_hall


def create_app(
    ledger: Ledger,
    accounts: Accounts,
    entrance: Entrance | None = None,
    feed: Telling | None = None,
    room: Room | None = None,
) -> FastAPI:
    """The whole backend over one ledger: API, pages, feed."""
    entrance = entrance or Entrance()
    sign_on = SignOn(ledger.database, entrance.sign_on, ledger.halls) if entrance.sign_on else None
    feed, door, desk, guard = feed or Feed(ledger), Door(accounts), Desk(ledger, accounts), Guard(accounts)
    backend = Backend(ledger, accounts, feed, door, desk, entrance, sign_on, guard, room or Room())
    app = Gated(title="Now Serving", version=openapi.VERSION, lifespan=_lifespan, only_https=entrance.only_https)
    app.state.backend = backend
    problems.install(app)
    app.include_router(health)
    for router in (coming_in.routes, halls, _requests(), pairing_routes.routes(ledger)):
        app.include_router(router, prefix="/api/v1")
    bodies = [*coming_in.BODIES, *pairing_routes.BODIES, *RULES, *REQUESTS.values()]
    openapi.install(app, bodies, _commands().routes)
    app.put_in_front(partial(Commands, ledger=ledger, door=door))
    web.mount(app, ledger, feed, entrance.names)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    backend: Backend = app.state.backend
    backend.feed.open()
    work = (keep_time(backend.ledger), keep_house(backend.ledger), backend.guard.keep())
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
    await require_reader(request, backend.entrance, backend.door)
    text = await asyncio.to_thread(figures, backend.ledger, backend.room)
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
    stream = EventStream(backend.feed, backend.guard, token, hall, start, heartbeat)
    stream.headers.update(_pages(backend))
    return stream


def _pages(backend: Backend) -> dict[str, str]:
    """Tells a station where customers' phones reach the pages, if that is another way than its own."""
    return {HEADER: backend.entrance.pages} if backend.entrance.pages else {}


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
        with backend.ledger.scribe.refusals(name, by=actor, hall=hall):
            asked = decode_request(name, await json_body(request))
        answered = await asyncio.to_thread(backend.desk.answer, hall, asked, actor)
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
