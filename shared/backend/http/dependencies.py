"""Who sends a request, and what it is answered from: what the routes of the API ask FastAPI for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from shared.backend.access.access_policy import AccessPolicy
from shared.backend.access.accounts import Accounts
from shared.backend.access.authentication import Authenticator
from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.access.sign_on_accounts import SignOnAccounts
from shared.backend.halls.ledger import Ledger
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.event_feed import Telling
from shared.backend.http.request_parsing import address_of, bearer
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.hall.errors import NotAllowed
from shared.hall.roles import Actor, of_staff, settled


@dataclass(frozen=True)
class Backend:
    """What the routes stand on."""

    ledger: Ledger
    accounts: Accounts
    feed: Telling
    authenticator: Authenticator
    handlers: RequestHandlers
    policy: AccessPolicy
    sign_on: SignOnAccounts | None
    revocations: RevocationWatch
    limits: ConnectionLimits


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
    with backend.ledger.audit_writer.refusals(_act(request), address=address, hall=request.path_params.get("hall")):
        return await backend.authenticator.actor(bearer(authorization), address)


async def settled_in(actor: Annotated[Actor, Depends(asking)]) -> Actor:
    """Whoever sends this request and may go on; raises PasswordMustChange too."""
    return settled(actor)


Anybody = Annotated[Actor, Depends(asking)]
Asking = Annotated[Actor, Depends(settled_in)]


async def seeing(backend: Here, hall: str, actor: Asking, request: Request) -> Actor:
    """Whoever looks into a hall; raises NotAllowed for another hall than their own."""
    with backend.ledger.audit_writer.refusals(_act(request), by=actor, hall=hall):
        if actor.hall not in (None, hall):
            raise NotAllowed("You belong to another hall.")
    return actor


Seeing = Annotated[Actor, Depends(seeing)]


async def staff_seeing(backend: Here, hall: str, actor: Seeing, request: Request) -> Actor:
    """Whoever works in a hall; raises NotAllowed."""
    with backend.ledger.audit_writer.refusals(_act(request), by=actor, hall=hall):
        of_staff(actor)
    return actor


StaffSeeing = Annotated[Actor, Depends(staff_seeing)]


def _act(request: Request) -> str:
    """How the audit calls what was asked for: by the name of its route."""
    return str(request.scope["route"].name)
