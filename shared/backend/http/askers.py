"""Who sends a request, and what it is answered from: what the routes of the API ask FastAPI for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from shared.backend.access.accounts import Accounts
from shared.backend.access.door import Door
from shared.backend.access.entrance import Entrance
from shared.backend.access.guard import Guard
from shared.backend.access.sign_on import SignOn
from shared.backend.desk.desk import Desk
from shared.backend.halls.ledger import Ledger
from shared.backend.http.asking import address_of, bearer
from shared.backend.http.feed import Telling
from shared.backend.http.room import Room
from shared.hall.errors import NotAllowed
from shared.hall.roles import Actor, of_staff, settled


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
    room: Room


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
