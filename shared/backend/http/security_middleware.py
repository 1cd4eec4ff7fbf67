"""The security middleware around the whole backend: security headers on every answer, and cross-site requests refused.

It is outside of all routes, so that refusals, streams, files and the answer to a bug have the headers too; those for
programs are stricter. No answer ever has an ``Access-Control`` header, so no page of another site can read one (WHATWG
Fetch), and what would change something is refused if the browser says that another origin sent it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.backend.http import problems
from shared.backend.http.allowed_hosts import names_one_host
from shared.hall.errors import Malformed, NotAllowed

METHODS = ("GET", "HEAD", "POST", "DELETE")
"""All other methods are refused, also TRACE and the OPTIONS of a preflight."""

SAFE_METHODS = ("GET", "HEAD")

API_PATHS = ("/api/v1/", "/healthz", "/readyz", "/metrics")
"""Paths for programs, which are never answered with a page."""

FILE_PATHS = ("/static/", "/accent/")

A_YEAR = "max-age=31536000"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Headers = tuple[tuple[bytes, bytes], ...]
RefusalPage = Callable[[Request, int, dict[str, str]], Response]
"""Makes the page of a refusal with this status and these headers."""


def _headers(**values: str) -> Headers:
    return tuple((name.replace("_", "-").lower().encode(), value.encode()) for name, value in values.items())


COMMON_HEADERS = _headers(
    X_Content_Type_Options="nosniff",
    Cross_Origin_Opener_Policy="same-origin",
    Cross_Origin_Resource_Policy="same-origin",
    Permissions_Policy="camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    Cache_Control="no-store",  # answers that may be cached have their own
)
API_HEADERS = COMMON_HEADERS + _headers(
    Content_Security_Policy="default-src 'none'; frame-ancestors 'none'",
    Referrer_Policy="no-referrer",
)
BROWSER_HEADERS = COMMON_HEADERS + _headers(
    Content_Security_Policy=(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # A ticket's address is its key: no other site may learn it. Our own forms need it, or their Origin is `null`.
    Referrer_Policy="same-origin",
)
HSTS_HEADER = _headers(Strict_Transport_Security=A_YEAR)
"""RFC 6797; without includeSubDomains: other servers of the house are not ours to decide about."""

DIRECT_SEND = "nowserving.straight"
"""The key in a request's scope for the server's own ``send``: once an answer has begun, the wrappers of framework and
middleware have nothing left to do, and would only slow every event to every listener."""


class SecuredApp(FastAPI):
    """A FastAPI app all of whose answers pass the security middleware, even Starlette's own answer to a bug."""

    def __init__(self, *, only_https: bool, title: str, version: str, lifespan: Lifespan) -> None:
        super().__init__(
            title=title,
            version=version,
            lifespan=lifespan,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,  # it would redirect to whatever Host the request names
        )
        self._only_https = only_https
        self._refuse: RefusalPage | None = None
        self.put_in_front(lambda app: app)

    def put_in_front(self, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put an ASGI application between the security middleware and the framework."""
        self._middleware = SecurityMiddleware(wrap(super().__call__), self.refusal, only_https=self._only_https)

    def refuse_with_pages(self, refuse: RefusalPage) -> None:
        """Answer a browser with a page of ``refuse`` if its request is refused here."""
        self._refuse = refuse

    def refusal(self, scope: Scope) -> ASGIApp | None:
        """The answer to a request the middleware refuses; None if it accepts it."""
        refusal = _refusal(scope)
        if refusal is None or self._refuse is None or not wants_page(scope):
            return refusal
        allow = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else {}
        return self._refuse(Request(scope), refusal.status_code, allow)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._middleware(scope, receive, send)


class SecurityMiddleware:
    """Refuses requests, and adds security headers to all answers."""

    def __init__(self, app: ASGIApp, refusal: Callable[[Scope], ASGIApp | None], *, only_https: bool) -> None:
        self._app = app
        self._refusal = refusal
        hsts = HSTS_HEADER if only_https else ()
        self._api_headers, self._browser_headers = API_HEADERS + hsts, BROWSER_HEADERS + hsts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, receive, send = _without_body(scope, receive, send)
        headers = self._api_headers if scope["path"].startswith(API_PATHS) else self._browser_headers

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = _with_missing(message["headers"], headers)
            return send(message)

        scope[DIRECT_SEND] = send
        await (self._refusal(scope) or self._app)(scope, receive, send_with_headers)


def wants_page(scope: Scope) -> bool:
    """Whether the Accept header asks for a page (RFC 9110, 12.5.1), and the path is not one for programs or files."""
    accept = dict(scope["headers"]).get(b"accept", b"").lower()
    return b"text/html" in accept and not f"{scope['path']}/".startswith((*API_PATHS, *FILE_PATHS, "/api/"))


def _with_missing(response_headers: Iterable[tuple[bytes, bytes]], ours: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, and those of ours that it does not set itself."""
    headers = [*response_headers]
    names = {name.lower() for name, _ in headers}
    return headers + [header for header in ours if header[0] not in names]


def _without_body(scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive, Send]:
    """HEAD as a GET whose answer ends with its head (RFC 9110, 9.3.2), also that of an endless stream."""
    head_sent = asyncio.Event()

    async def receive_disconnect() -> Message:
        await head_sent.wait()
        return {"type": "http.disconnect"}

    async def send_head(message: Message) -> None:
        if not head_sent.is_set():
            await send(message)
        if message["type"] == "http.response.start":
            await send({"type": "http.response.body", "body": b""})
            head_sent.set()

    return {**scope, "method": "GET"}, receive_disconnect, send_head


def _refusal(scope: Scope) -> Response | None:
    if not names_one_host(scope):
        return problems.failure_response(Malformed("A request names one host, in one Host header."))
    if scope["method"] not in METHODS:
        return problems.http_error_response(HTTPException(405, headers={"Allow": ", ".join(METHODS)}))
    if scope["method"] not in SAFE_METHODS and _is_cross_origin(dict(scope["headers"])):
        return problems.failure_response(NotAllowed("Another site may not send this."))
    return None


def _is_cross_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser says that a page of another origin sent this; other programs say nothing.

    Browsers send ``Sec-Fetch-Site`` over TLS and to localhost (W3C Fetch Metadata), else at least ``Origin``.
    """
    if site := headers.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if origin := headers.get(b"origin"):
        return urlsplit(origin.decode("latin-1")).netloc.lower() != headers.get(b"host", b"").decode("latin-1").lower()
    return False
