"""Everything that goes wrong over HTTP as one kind of document (RFC 9457), never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.hall.errors import Failure, NotSignedIn, Unreachable

log = logging.getLogger(__name__)


def problem(status: int, type_name: str, detail: str, **about: str) -> JSONResponse:
    """A problem document; ``about`` names what it is about (a ticket, a point)."""
    body = {"type": type_name, "title": title(type_name), "status": status, "detail": detail, **about}
    headers = {"WWW-Authenticate": "Bearer"} if status == NotSignedIn.status else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def title(type_name: str) -> str:
    """``ticket-not-waiting`` as a person reads it."""
    return type_name.replace("-", " ").capitalize()


def failed(failure: Failure) -> JSONResponse:
    """What a person is told, as a document. Where the database is, is for the log."""
    failure = failure.for_strangers()
    response = problem(failure.status, failure.type_name(), failure.detail, **failure.about, **_to_translate(failure))
    if isinstance(failure, Unreachable):
        response.headers["Retry-After"] = "1"
    if seconds := failure.about.get("retry_after"):
        response.headers["Retry-After"] = seconds
    return response


def _to_translate(failure: Failure) -> dict[str, str]:
    """The sentence with its blanks open, for whoever says it in another language."""
    return {"sentence": failure.sentence} if failure.sentence != failure.detail else {}


def bug(where: str, error: Exception) -> JSONResponse:
    """No stranger sees the inside of the program; the log does."""
    log.error("a bug in %s", where, exc_info=error)
    return problem(500, "internal-error", "Something unexpected happened here; it was written to the log.")


def plain(error: HTTPException) -> JSONResponse:
    """What HTTP itself has a status for."""
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    response = problem(error.status_code, name, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def install(app: FastAPI) -> None:
    """Answer every failure of this app with a problem document."""

    @app.exception_handler(Failure)
    async def on_failure(request: Request, failure: Failure) -> JSONResponse:
        return failed(failure)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "invalid", "; ".join(_place(found) for found in error.errors()))

    @app.exception_handler(HTTPException)
    async def on_plain(request: Request, error: HTTPException) -> JSONResponse:
        return plain(error)

    @app.exception_handler(Exception)
    async def on_bug(request: Request, error: Exception) -> JSONResponse:
        route = getattr(request.scope.get("route"), "path", "no route")  # an address may hold a customer's token
        return bug(f"{request.method} {route}", error)


def _place(found: Any) -> str:
    return f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
