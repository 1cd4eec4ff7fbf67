"""Every failure over HTTP as a problem document (RFC 9457), never a traceback."""

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


def problem_response(status: int, type_name: str, detail: str, **about: str) -> JSONResponse:
    """A problem document; ``about`` are the members it has besides (a ticket, a point)."""
    body = {"type": type_name, "title": title(type_name), "status": status, "detail": detail, **about}
    headers = {"WWW-Authenticate": "Bearer"} if status == NotSignedIn.status else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def title(type_name: str) -> str:
    """``ticket-not-waiting`` as a person reads it."""
    return type_name.replace("-", " ").capitalize()


def failure_response(failure: Failure) -> JSONResponse:
    """A failure as a problem document, without what only operators may see, such as the database's address."""
    failure = failure.without_operator_details()
    response = problem_response(
        failure.status, failure.type_name(), failure.detail, **failure.about, **_unfilled_sentence(failure)
    )
    if isinstance(failure, Unreachable):
        response.headers["Retry-After"] = "1"  # second
    if seconds := failure.about.get("retry_after"):
        response.headers["Retry-After"] = seconds
    return response


def _unfilled_sentence(failure: Failure) -> dict[str, str]:
    """The sentence before its placeholders were filled, for a station to translate."""
    return {"sentence": failure.sentence} if failure.sentence != failure.detail else {}


def bug_response(where: str, error: Exception) -> JSONResponse:
    """A bug as a problem document without internal details, which go to the log."""
    log.error("a bug in %s", where, exc_info=error)
    return problem_response(500, "internal-error", "Something unexpected happened here; it was written to the log.")


def http_error_response(error: HTTPException) -> JSONResponse:
    """An HTTP error of the framework (404, 405 …) as a problem document."""
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    response = problem_response(error.status_code, name, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def install(app: FastAPI) -> None:
    """Answer every failure of this app with a problem document."""

    @app.exception_handler(Failure)
    async def on_failure(request: Request, failure: Failure) -> JSONResponse:
        return failure_response(failure)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(422, "invalid", "; ".join(_field_error(found) for found in error.errors()))

    @app.exception_handler(HTTPException)
    async def on_plain(request: Request, error: HTTPException) -> JSONResponse:
        return http_error_response(error)

    @app.exception_handler(Exception)
    async def on_bug(request: Request, error: Exception) -> JSONResponse:
        route = getattr(request.scope.get("route"), "path", "no route")  # an address may hold a customer's token
        return bug_response(f"{request.method} {route}", error)


def _field_error(error: Any) -> str:
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
