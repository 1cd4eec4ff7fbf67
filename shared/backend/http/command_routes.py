"""Commands over HTTP: an ASGI application in front of the framework, for speed under load.

Between the socket and the ledger there is only what a command needs. FastAPI describes these routes in the API's
documentation (see ``_commands`` in routes.py) and serves all others.
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
"""The audit's name for a command that does not exist: it does not repeat what strangers write."""

PATH = re.compile("/api/v1/halls/([^/]+)/commands/([^/]+)")


class CommandRoutes:
    """Submits commands to the ledger and passes every other request on to ``others``."""

    def __init__(self, others: ASGIApp, ledger: Ledger, authenticator: Authenticator) -> None:
        self._others, self._ledger, self._authenticator = others, ledger, authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if match:
            response = await self._response(Request(scope, receive), *match.groups())
            await response(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    async def _response(self, request: Request, hall: str, name: str) -> Response:
        if request.method != "POST":
            return problems.http_error_response(HTTPException(405, headers={"Allow": "POST"}))
        try:
            return await self._do(request, hall, name)
        except Failure as failure:
            return problems.failure_response(failure)
        except Exception as error:  # noqa: BLE001  # no stranger sees the inside of the program
            return problems.bug_response(f"{name!r} in {hall!r}", error)

    async def _do(self, request: Request, hall: str, name: str) -> Response:
        try:
            actor, command = await self._read(request, hall, name)
            future = self._ledger.submit(hall, command, actor)
        except Refused:
            await self._ledger.turn(hall)
            raise
        accepted = await asyncio.wrap_future(future)
        return JSONResponse({"result": accepted.result, "seq": accepted.seq})

    async def _read(self, request: Request, hall: str, name: str) -> tuple[Actor, Command]:
        """The sender and the command; raises NotSignedIn, or what ``json_body`` and ``decode_command`` raise."""
        act, address = name if name in COMMANDS else UNKNOWN, address_of(request)
        audit_writer = self._ledger.audit_writer
        with audit_writer.refusals(act, address=address, hall=hall):
            actor = await self._authenticator.actor(bearer(request.headers.get("authorization")), address)
        with audit_writer.refusals(act, by=actor, hall=hall):
            return actor, decode_command(name, await json_body(request))
