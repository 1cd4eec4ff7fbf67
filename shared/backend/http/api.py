"""The HTTP interface: routes made from the list of commands, snapshots, the event feed, log-in, health."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from shared.access.audit import SIGN_IN, SIGN_OUT
from shared.access.requests import REQUESTS, decode_request
from shared.access.sign_on import SignOnProof
from shared.backend.access.accounts import Accounts
from shared.backend.access.door import Door
from shared.backend.access.entrance import Entrance
from shared.backend.access.guard import Guard
from shared.backend.access.sessions import Session
from shared.backend.access.sign_on import SignOn
from shared.backend.desk.desk import Desk
from shared.backend.halls.ledger import Ledger
from shared.backend.halls.timekeeper import keep_time
from shared.backend.http import openapi, pairing_routes, problems, web
from shared.backend.http.asking import address_of, bearer, json_body
from shared.backend.http.commands import Commands
from shared.backend.http.feed import HEARTBEAT, Feed, Telling
from shared.backend.http.figures import figures, require_reader
from shared.backend.http.gate import Gated
from shared.backend.http.housekeeping import keep_house
from shared.backend.http.stream import EventStream
from shared.backend.storage.database import OLDER
from shared.hall.errors import Invalid, NotAllowed, NotSignedIn, UnknownAuthority, Unreachable
from shared.hall.roles import Actor, of_staff, settled
from shared.hall.rules import COMMANDS, RULES
from shared.hall.wire import decode, encode, encode_hall

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person types to come in."""

    login: str
    password: str


@dataclass(frozen=True)
class Backend:
    """What the routes stand on."""

    ledger: Ledger
    accounts: Accounts
    feed: Telling
    door: Door
    desk: Desk
    entrance: Entrance
    sign_on: SignOn | None
    guard: Guard


def create_app(
    ledger: Ledger, accounts: Accounts, entrance: Entrance | None = None, feed: Telling | None = None
) -> FastAPI:
    """The whole backend over one ledger: API, pages, feed."""
    entrance = entrance or Entrance()
    sign_on = SignOn(ledger.database, entrance.sign_on, ledger.halls) if entrance.sign_on else None
    feed, door, desk, guard = feed or Feed(ledger), Door(accounts), Desk(ledger, accounts), Guard(accounts)
    backend = Backend(ledger, accounts, feed, door, desk, entrance, sign_on, guard)
    app = Gated(title="Now Serving", version=openapi.VERSION, lifespan=_lifespan, only_https=entrance.only_https)
    app.state.backend = backend
    problems.install(app)
    app.include_router(health)
    for router in (coming_in, sessions, halls, _requests(), pairing_routes.routes(ledger)):
        app.include_router(router, prefix="/api/v1")
    bodies = [Credentials, SignOnProof, *pairing_routes.BODIES, *RULES, *REQUESTS.values()]
    openapi.install(app, bodies, _commands().routes)
    app.put_in_front(partial(Commands, ledger=ledger, door=door))
    web.mount(app, ledger, feed)
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


# ── who is asking ──


async def backend_of(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


async def token_of(authorization: Annotated[str | None, Header()] = None) -> str:
    return bearer(authorization)


Here = Annotated[Backend, Depends(backend_of)]
Token = Annotated[str, Depends(token_of)]


async def asking(backend: Here, request: Request, authorization: Annotated[str | None, Header()] = None) -> Actor:
    """Whoever sends this request; raises NotSignedIn."""
    address = address_of(request)
    if request.method == "GET":
        bearer(authorization)  # a console at which nobody is signed in looks every few seconds: no line for that
    with backend.ledger.scribe.refusals(_act(request), address=address, hall=request.path_params.get("hall")):
        return await backend.door.actor(bearer(authorization), address)


async def settled_in(actor: Annotated[Actor, Depends(asking)]) -> Actor:
    """Whoever sends this request and may go on; raises PasswordMustChange too."""
    return settled(actor)


Anybody = Annotated[Actor, Depends(asking)]
Asking = Annotated[Actor, Depends(settled_in)]


async def seeing(backend: Here, hall: str, actor: Asking, request: Request) -> Actor:
    """Whoever looks into a hall; raises NotAllowed for another hall than their own."""
    with backend.ledger.scribe.refusals(_act(request), by=actor, hall=hall):
        if actor.hall not in (None, hall):
            raise NotAllowed("You belong to another hall.")
    return actor


Seeing = Annotated[Actor, Depends(seeing)]


async def staff_seeing(backend: Here, hall: str, actor: Seeing, request: Request) -> Actor:
    """Whoever works in a hall; raises NotAllowed."""
    with backend.ledger.scribe.refusals(_act(request), by=actor, hall=hall):
        of_staff(actor)
    return actor


StaffSeeing = Annotated[Actor, Depends(staff_seeing)]


def _act(request: Request) -> str:
    """How the audit calls what was asked for: by the name of its route."""
    return str(request.scope["route"].name)


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
    text = await asyncio.to_thread(figures, backend.ledger)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


# ── how one comes in ──

coming_in = APIRouter(tags=["sessions"])


class Pem(PlainTextResponse):
    media_type = "application/x-pem-file"


@coming_in.get("/authority", response_class=Pem, responses={"4XX": openapi.ANSWERS["4XX"]})
async def authority(backend: Here) -> Pem:
    """The certificate of this backend's own authority (PEM), which stations keep; there may be none."""
    if not backend.entrance.authority:
        raise UnknownAuthority("This backend has no authority of its own.")
    return Pem(backend.entrance.authority)


@coming_in.get("/sign-on")
async def sign_on(backend: Here) -> dict[str, Any]:
    """The identity provider a console may sign people on through; null if there is none."""
    rules = backend.entrance.sign_on
    return {"provider": encode(rules.provider) if rules else None}


@coming_in.post("/sign-on", openapi_extra=openapi.body(SignOnProof))
async def come_in(
    backend: Here, request: Request, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Come in with the provider's ID token in place of a token of ours; from then on it is a session like any other."""
    with backend.ledger.scribe.refusals(SIGN_IN, address=address_of(request)):
        id_token = bearer(authorization)
        proof = decode(SignOnProof, await json_body(request), "sign-on")
    return await _begun(backend, request, partial(_vouched, backend, id_token, proof.nonce))


def _vouched(backend: Backend, id_token: str, nonce: str) -> Session:
    if backend.sign_on is None:
        raise NotSignedIn("There is no identity provider here: sign in with login and password.")
    return backend.sign_on.sign_on(id_token, nonce)


# ── sessions ──

sessions = APIRouter(tags=["sessions"])


@sessions.post("/sessions", openapi_extra=openapi.body(Credentials))
async def sign_in(backend: Here, request: Request) -> dict[str, Any]:
    """Come in with login and password; the token goes into every further request."""
    with backend.ledger.scribe.refusals(SIGN_IN, address=address_of(request)):
        typed = decode(Credentials, await json_body(request), "sessions")
    come_in = partial(backend.accounts.sessions.sign_in, typed.login, typed.password, address_of(request))
    return await _begun(backend, request, come_in, typed.login)


async def _begun(backend: Backend, request: Request, come_in: Callable[[], Session], login: str = "") -> dict[str, Any]:
    """The session somebody comes in to, or is refused; either is written down."""
    scribe = backend.ledger.scribe
    session = await asyncio.to_thread(scribe.signing_in, backend.accounts, login, address_of(request), come_in)
    actor = session.actor
    return {
        "token": session.token,
        "role": actor.role,
        "login": actor.name,
        "hall": actor.hall,
        "expires": encode(session.expires),
        "must_change": actor.must_change,
    }


@sessions.delete("/sessions/current", name=SIGN_OUT, status_code=204)
def sign_out(backend: Here, token: Token, actor: Anybody) -> Response:
    """End the session of this token at once."""
    backend.accounts.sessions.end(token)
    backend.ledger.scribe.write_down(SIGN_OUT, by=actor, hall=actor.hall)
    return Response(status_code=204)


# ── halls ──

halls = APIRouter(tags=["halls"])


@halls.get("/halls", name="list-halls")
def visible_halls(backend: Here, actor: Asking) -> list[dict[str, Any]]:
    """The halls the caller may see."""
    names = [actor.hall] if actor.hall else backend.ledger.halls()
    return [{"id": name, "name": encode(backend.ledger.hall(name).settings.name)} for name in names]


@halls.get("/halls/{hall}", name="read-hall")
def snapshot(backend: Here, hall: str, actor: Seeing) -> JSONResponse:
    """The state of a hall with its sequence number."""
    return JSONResponse(encode_hall(backend.ledger.hall(hall), backend.ledger.wall()))


@halls.get("/halls/{hall}/tickets/{ticket}/notes", name="read-notes")
def notes(backend: Here, hall: str, ticket: str, actor: StaffSeeing) -> list[dict[str, Any]]:
    """What colleagues wrote down about a visit, the oldest first; for staff alone."""
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
    return EventStream(backend.feed, backend.guard, token, hall, _start(after, last_event_id, now.seq), heartbeat)


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
