"""Commands over HTTP, in front of everything else the backend serves.

This is where crowds come, all at once. So between the socket and the ledger there is only what a command needs; the
framework describes these routes in the API's documentation, and serves all others.
"""

from __future__ import annotations

import asyncio
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.backend.access.authentication import Authenticator
from shared.backend.halls.ledger import Ledger
from shared.backend.http import problems
from shared.backend.http.request_parsing import address_of, bearer, json_body
from shared.hall.errors import Failure, Refused
from shared.hall.json_codec import decode_command
from shared.hall.messages import Command
from shared.hall.roles import Actor
from shared.hall.rules import COMMANDS

UNKNOWN = "unknown-command"
"""How the audit calls what is no command: it does not repeat what strangers write."""

PATH = re.compile("/api/v1/halls/([^/]+)/commands/([^/]+)")


class Commands:
    """An ASGI application that takes commands to the ledger and hands every other request on to ``others``."""

    def __init__(self, others: ASGIApp, ledger: Ledger, authenticator: Authenticator) -> None:
        self._others = others
        self._ledger = ledger
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if asked:
            response = await self._response(Request(scope, receive), *asked.groups())
            await response(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    async def _response(self, request: Request, hall: str, name: str) -> Response:
        if request.method != "POST":
            return problems.plain(HTTPException(405, headers={"Allow": "POST"}))
        try:
            return await self._do(request, hall, name)
        except Failure as failure:
            return problems.failed(failure)
        except Exception as error:  # noqa: BLE001  # no stranger sees the inside of the program
            return problems.bug(f"{name!r} in {hall!r}", error)

    async def _do(self, request: Request, hall: str, name: str) -> Response:
        try:
            actor, command = await self._read(request, hall, name)
            decided = self._ledger.submit(hall, command, actor)
        except Refused:
            await self._ledger.turn(hall)
            raise
        accepted = await asyncio.wrap_future(decided)
        return JSONResponse({"result": accepted.result, "seq": accepted.seq})

    async def _read(self, request: Request, hall: str, name: str) -> tuple[Actor, Command]:
        """Who asks for what; raises NotSignedIn, or Malformed and the like."""
        act, address = name if name in COMMANDS else UNKNOWN, address_of(request)
        audit_writer = self._ledger.audit_writer
        with audit_writer.refusals(act, address=address, hall=hall):
            actor = await self._authenticator.actor(bearer(request.headers.get("authorization")), address)
        with audit_writer.refusals(act, by=actor, hall=hall):
            return actor, decode_command(name, await json_body(request))
