"""The FastAPI dependencies of the API's routes: the backend, the token, and the authenticated sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from shared.backend.access.accounts import Accounts
from shared.backend.access.authentication import Authenticator
from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.access.security_configuration import SecurityConfiguration
from shared.backend.access.sign_on_accounts import SignOnAccounts
from shared.backend.halls.ledger import Ledger
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.event_feed import EventFeed
from shared.backend.http.request_parsing import address_of, bearer
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.hall.errors import NotAllowed
from shared.hall.roles import Actor, require_own_password, require_staff


@dataclass(frozen=True)
class Backend:
    ledger: Ledger
    accounts: Accounts
    feed: EventFeed
    authenticator: Authenticator
    handlers: RequestHandlers
    security: SecurityConfiguration
    sign_on: SignOnAccounts | None
    revocations: RevocationWatch
    limits: ConnectionLimits


async def backend_of(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


async def token_of(authorization: Annotated[str | None, Header()] = None) -> str:
    return bearer(authorization)


OurBackend = Annotated[Backend, Depends(backend_of)]
Token = Annotated[str, Depends(token_of)]


async def sender(backend: OurBackend, request: Request, authorization: Annotated[str | None, Header()] = None) -> Actor:
    """The authenticated sender of this request; raises NotSignedIn."""
    address = address_of(request)
    if request.method == "GET":
        bearer(authorization)  # not audited: a console where nobody is signed in polls every few seconds
    with backend.ledger.audit_writer.refusals(_act(request), address=address, hall=request.path_params.get("hall")):
        return await backend.authenticator.actor(bearer(authorization), address)


async def settled_actor(actor: Annotated[Actor, Depends(sender)]) -> Actor:
    """The sender, if they have no password to change first; raises NotSignedIn or PasswordMustChange."""
    return require_own_password(actor)


SignedIn = Annotated[Actor, Depends(sender)]
SettledActor = Annotated[Actor, Depends(settled_actor)]


async def hall_reader(backend: OurBackend, hall: str, actor: SettledActor, request: Request) -> Actor:
    """A sender who reads a hall; raises NotAllowed for another hall than their own."""
    with backend.ledger.audit_writer.refusals(_act(request), by=actor, hall=hall):
        if actor.hall not in (None, hall):
            raise NotAllowed("You belong to another hall.")
    return actor


HallReader = Annotated[Actor, Depends(hall_reader)]


async def staff_reader(backend: OurBackend, hall: str, actor: HallReader, request: Request) -> Actor:
    """A member of staff who reads a hall; raises NotAllowed for anybody else."""
    with backend.ledger.audit_writer.refusals(_act(request), by=actor, hall=hall):
        require_staff(actor)
    return actor


StaffReader = Annotated[Actor, Depends(staff_reader)]


def _act(request: Request) -> str:
    """The name of a request in the audit: that of its route."""
    return str(request.scope["route"].name)
