"""The routes for devices that are not paired yet: which installation this is, pairing, and the backend's proof."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select

from shared.backend.access.device_request_bodies import PairingRequest, ProofRequest
from shared.backend.access.pairing import Pairing, PendingPairing
from shared.backend.halls.ledger import Ledger
from shared.backend.http import openapi
from shared.backend.http.request_parsing import address_of, bearer, json_body
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.field_types import in_language
from shared.hall.json_codec import decode_body, encode

Body = Annotated[Any, Depends(json_body)]

BODIES = (PairingRequest, ProofRequest)

MOST_HALLS = 100
"""More than anybody chooses from; beyond it a console is given the hall's #ID in its address."""


def routes(ledger: Ledger) -> APIRouter:
    """The routes; they need no token, because a new device has none."""
    router = APIRouter(tags=["pairing"], responses={"4XX": openapi.ANSWERS["4XX"]})
    pairing = Pairing(ledger.database)

    @router.get("/installation")
    def installation() -> JSONResponse:
        """Which installation this is: the same id from every backend of one database."""
        return _json({"id": installation_id(ledger.database), "version": openapi.VERSION, "halls": halls(ledger)})

    @router.post("/pairings", openapi_extra=openapi.body(PairingRequest))
    async def begin(request: Request, body: Body) -> JSONResponse:
        """Ask to be paired; answers the code to show. The same token_hash again gets the same code while it lasts."""
        asked = decode_body(PairingRequest, body, "pairings")
        return _json(await asyncio.to_thread(pairing.code_for, asked, address_of(request)))

    @router.get("/pairings/current")
    def current(authorization: Annotated[str | None, Header()] = None) -> JSONResponse:
        """The state of this token's pairing; 404 when it has expired or was refused: begin again."""
        found = pairing.progress_of(bearer(authorization))
        return _json({"state": "waiting" if isinstance(found, PendingPairing) else "confirmed", **encode(found)})

    @router.post("/pairings/proof", openapi_extra=openapi.body(ProofRequest))
    async def proof(request: Request, body: Body) -> JSONResponse:
        """Prove that this backend knows a device, before the device sends its token to a new address."""
        host, port = request.scope["server"]
        asked = decode_body(ProofRequest, body, "proof")
        return _json({"proof": await asyncio.to_thread(pairing.proof, asked, f"{host}:{port}")})

    return router


def installation_id(database: Database) -> str:
    """The random id of this database."""
    with database.reading() as connection:
        return str(connection.scalar(select(tables.installation.c.id)))


def halls(ledger: Ledger, most: int = MOST_HALLS) -> list[dict[str, str]]:
    """The halls and their names, which are public: the first page of the website shows them too."""
    found = islice(ledger.readable_halls(), most)
    return [{"id": hall.id, "name": in_language(hall.settings.name, hall.settings.languages[0])} for hall in found]


def _json(answer: Any) -> JSONResponse:
    return JSONResponse(encode(answer))
