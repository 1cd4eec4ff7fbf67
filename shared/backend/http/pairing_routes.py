"""What a device may ask before it belongs to a hall: which house this is, a code, how far its pairing is, a proof."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select

from shared.backend.access.pairing import Pairing, PendingPairing
from shared.backend.access.pairing_requests import PairingAsked, ProofAsked
from shared.backend.halls.ledger import Ledger
from shared.backend.http import openapi
from shared.backend.http.request_parsing import address_of, bearer, json_body
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.field_types import in_language
from shared.hall.json_codec import decode_body, encode

Body = Annotated[Any, Depends(json_body)]

BODIES = (PairingAsked, ProofAsked)

MOST_HALLS = 100
"""More than anybody chooses from; a console for one of more is told its #ID."""


def routes(ledger: Ledger) -> APIRouter:
    """They are open to everybody, for a new device has nothing to show yet."""
    router = APIRouter(tags=["pairing"], responses={"4XX": openapi.ANSWERS["4XX"]})
    pairing = Pairing(ledger.database)

    @router.get("/installation")
    def installation() -> JSONResponse:
        """Which installation this is: the same through every backend of its database, and of no other."""
        return _json({"id": installation_id(ledger.database), "version": openapi.VERSION, "halls": halls(ledger)})

    @router.post("/pairings", openapi_extra=openapi.body(PairingAsked))
    async def begin(request: Request, body: Body) -> JSONResponse:
        """Wait to be paired; the code to show. The same token_hash again gives the same code while it lasts."""
        asked = decode_body(PairingAsked, body, "pairings")
        return _json(await asyncio.to_thread(pairing.ask, asked, address_of(request)))

    @router.get("/pairings/current")
    def current(authorization: Annotated[str | None, Header()] = None) -> JSONResponse:
        """How far the pairing of this token is; 404 when it is over or was refused: begin again."""
        found = pairing.current(bearer(authorization))
        return _json({"state": "waiting" if isinstance(found, PendingPairing) else "confirmed", **encode(found)})

    @router.post("/pairings/proof", openapi_extra=openapi.body(ProofAsked))
    async def proof(request: Request, body: Body) -> JSONResponse:
        """Show that this backend knows a device, before the device tells its token at a new address."""
        host, port = request.scope["server"]
        asked = decode_body(ProofAsked, body, "proof")
        return _json({"proof": await asyncio.to_thread(pairing.proof, asked, f"{host}:{port}")})

    return router


def installation_id(database: Database) -> str:
    """What tells this database from every other."""
    with database.reading() as connection:
        return str(connection.scalar(select(tables.installation.c.id)))


def halls(ledger: Ledger, most: int = MOST_HALLS) -> list[dict[str, str]]:
    """The halls with their names, as everybody may read them at the door, and on the first page of the website."""
    found = islice(ledger.readable(), most)
    return [{"id": hall.id, "name": in_language(hall.settings.name, hall.settings.languages[0])} for hall in found]


def _json(answer: Any) -> JSONResponse:
    return JSONResponse(encode(answer))
