"""How one comes in and goes: whom to trust, log-in, sign-on, and the end of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import PlainTextResponse, Response

from shared.access.audit import SIGN_IN, SIGN_OUT
from shared.access.sign_on import SignOnProof
from shared.backend.access.sessions import Session
from shared.backend.http import openapi
from shared.backend.http.dependencies import Anybody, Backend, Here, Token
from shared.backend.http.request_parsing import address_of, bearer, json_body
from shared.hall.errors import NotSignedIn, UnknownAuthority
from shared.hall.field_types import Login, Password
from shared.hall.json_codec import decode_body, encode


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person types to come in."""

    login: Login
    password: Password


routes = APIRouter(tags=["sessions"])


class Pem(PlainTextResponse):
    media_type = "application/x-pem-file"


@routes.get("/authority", response_class=Pem, responses={"4XX": openapi.ANSWERS["4XX"]})
async def authority(backend: Here) -> Pem:
    """The certificate of this backend's own authority (PEM), which stations keep; there may be none."""
    if not backend.policy.authority:
        raise UnknownAuthority("This backend has no authority of its own.")
    return Pem(backend.policy.authority)


@routes.get("/sign-on")
async def sign_on(backend: Here) -> dict[str, Any]:
    """The identity provider a console may sign people on through; null if there is none."""
    rules = backend.policy.sign_on
    return {"provider": encode(rules.provider) if rules else None}


@routes.post("/sign-on", openapi_extra=openapi.body(SignOnProof))
async def come_in(
    backend: Here, request: Request, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Come in with the provider's ID token in place of a token of ours; from then on it is a session like any other."""
    with backend.ledger.audit_writer.refusals(SIGN_IN, address=address_of(request)):
        id_token = bearer(authorization)
        proof = decode_body(SignOnProof, await json_body(request), "sign-on")
    return await _begun(backend, request, partial(_vouched, backend, id_token, proof.nonce))


def _vouched(backend: Backend, id_token: str, nonce: str) -> Session:
    if backend.sign_on is None:
        raise NotSignedIn("There is no identity provider here: sign in with login and password.")
    return backend.sign_on.sign_on(id_token, nonce)


# ── sessions ──


@routes.post("/sessions", openapi_extra=openapi.body(Credentials))
async def sign_in(backend: Here, request: Request) -> dict[str, Any]:
    """Come in with login and password; the token goes into every further request."""
    with backend.ledger.audit_writer.refusals(SIGN_IN, address=address_of(request)):
        typed = decode_body(Credentials, await json_body(request), "sessions")
    come_in = partial(backend.accounts.sessions.sign_in, typed.login, typed.password, address_of(request))
    return await _begun(backend, request, come_in, typed.login)


async def _begun(backend: Backend, request: Request, come_in: Callable[[], Session], login: str = "") -> dict[str, Any]:
    """The session somebody comes in to, or is refused; either is written down."""
    audit_writer = backend.ledger.audit_writer
    session = await asyncio.to_thread(audit_writer.signing_in, backend.accounts, login, address_of(request), come_in)
    actor = session.actor
    return {
        "token": session.token,
        "role": actor.role,
        "login": actor.name,
        "hall": actor.hall,
        "expires": encode(session.expires),
        "must_change": actor.must_change,
    }


@routes.delete("/sessions/current", name=SIGN_OUT, status_code=204)
def sign_out(backend: Here, token: Token, actor: Anybody) -> Response:
    """End the session of this token at once."""
    backend.accounts.sessions.end(token)
    backend.ledger.audit_writer.write_down(SIGN_OUT, by=actor, hall=actor.hall)
    return Response(status_code=204)


BODIES = [Credentials, SignOnProof]
