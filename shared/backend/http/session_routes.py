"""The routes of authentication: the backend's authority, log-in, sign-on, and the end of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import PlainTextResponse, Response

from shared.backend.access.sessions import Session
from shared.backend.http import openapi
from shared.backend.http.dependencies import Backend, OurBackend, SignedIn, Token
from shared.backend.http.request_parsing import address_of, bearer, json_body
from shared.hall.errors import NotSignedIn, UnknownAuthority
from shared.hall.field_types import Login, Password
from shared.hall.json_codec import decode_body, encode
from shared.requests.audit import SIGN_IN, SIGN_OUT
from shared.requests.sign_on import SignOnProof


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person types to sign in."""

    login: Login
    password: Password


routes = APIRouter(tags=["sessions"])


class Pem(PlainTextResponse):
    media_type = "application/x-pem-file"


@routes.get("/authority", response_class=Pem, responses={"4XX": openapi.ANSWERS["4XX"]})
async def authority(backend: OurBackend) -> Pem:
    """The certificate of this backend's own authority (PEM), which stations keep; there may be none."""
    if not backend.security.authority:
        raise UnknownAuthority("This backend has no authority of its own.")
    return Pem(backend.security.authority)


@routes.get("/sign-on")
async def sign_on(backend: OurBackend) -> dict[str, Any]:
    """The identity provider a console may sign people on through; null if there is none."""
    rules = backend.security.sign_on
    return {"provider": encode(rules.provider) if rules else None}


@routes.post("/sign-on", openapi_extra=openapi.body(SignOnProof))
async def sign_in_with_id_token(
    backend: OurBackend, request: Request, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Sign in with the provider's ID token as the bearer token; it is a session like any other from then on."""
    with backend.ledger.audit_writer.refusals(SIGN_IN, address=address_of(request)):
        id_token = bearer(authorization)
        proof = decode_body(SignOnProof, await json_body(request), "sign-on")
    return await _start_session(backend, request, partial(_sign_on, backend, id_token, proof.nonce))


def _sign_on(backend: Backend, id_token: str, nonce: str) -> Session:
    if backend.sign_on is None:
        raise NotSignedIn("There is no identity provider here: sign in with login and password.")
    return backend.sign_on.sign_on(id_token, nonce)


# ── sessions ──


@routes.post("/sessions", openapi_extra=openapi.body(Credentials))
async def sign_in(backend: OurBackend, request: Request) -> dict[str, Any]:
    """Sign in with login and password; the token goes into every further request."""
    with backend.ledger.audit_writer.refusals(SIGN_IN, address=address_of(request)):
        typed = decode_body(Credentials, await json_body(request), "sessions")
    begin = partial(backend.accounts.sessions.sign_in, typed.login, typed.password, address_of(request))
    return await _start_session(backend, request, begin, typed.login)


async def _start_session(
    backend: Backend, request: Request, begin: Callable[[], Session], login: str = ""
) -> dict[str, Any]:
    """Begin a session and describe it; audited, as is a refusal. Raises what ``begin`` does."""
    audit_writer = backend.ledger.audit_writer
    session = await asyncio.to_thread(audit_writer.signing_in, backend.accounts, login, address_of(request), begin)
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
def sign_out(backend: OurBackend, token: Token, actor: SignedIn) -> Response:
    """End the session of this token at once."""
    backend.accounts.sessions.end(token)
    backend.ledger.audit_writer.queue_entry(SIGN_OUT, by=actor, hall=actor.hall)
    return Response(status_code=204)


BODIES = [Credentials, SignOnProof]
