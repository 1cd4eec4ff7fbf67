"""The gate before everything the backend answers: what browsers must know, and who is turned away unheard.

One place, outside of all routes, so that a refusal, a stream, a file and a bug's document say the same as a page.
Answers to other sites are closed: no answer ever has an ``Access-Control`` header, so no page of another site can read
one (WHATWG Fetch), and what would change something is refused when a browser says that another site sent it.
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
from shared.backend.http.allowed_hosts import is_one
from shared.hall.errors import Malformed, NotAllowed

METHODS = ("GET", "HEAD", "POST", "DELETE")
"""What there is; TRACE, OPTIONS of a preflight and whatever somebody invents are refused alike."""

READING = ("GET", "HEAD")

PROGRAMS = ("/api/v1/", "/healthz", "/readyz", "/metrics")
"""Where programs ask and no page is answered."""

FILES = ("/static/", "/accent/")

A_YEAR = "max-age=31536000"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Headers = tuple[tuple[bytes, bytes], ...]
Refusing = Callable[[Request, int, dict[str, str]], Response]
"""A page for a status, with the headers that belong to it."""


def _headers(**values: str) -> Headers:
    return tuple((name.replace("_", "-").lower().encode(), value.encode()) for name, value in values.items())


ALWAYS = _headers(
    X_Content_Type_Options="nosniff",
    Cross_Origin_Opener_Policy="same-origin",
    Cross_Origin_Resource_Policy="same-origin",
    Permissions_Policy="camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    Cache_Control="no-store",  # what may be kept says so itself
)
FOR_PROGRAMS = ALWAYS + _headers(
    Content_Security_Policy="default-src 'none'; frame-ancestors 'none'",
    Referrer_Policy="no-referrer",
)
FOR_PEOPLE = ALWAYS + _headers(
    Content_Security_Policy=(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # A ticket's address is its key: no other site may learn it. Our own forms must tell, or their Origin is `null`.
    Referrer_Policy="same-origin",
)
NEVER_WITHOUT_TLS = _headers(Strict_Transport_Security=A_YEAR)
"""RFC 6797. For this name alone: what else the house has below it is not ours to decide."""


STRAIGHT = "nowserving.straight"
"""Where a request's scope has the way straight to the socket: once an answer has begun, whatever the framework and the
gate put around ``send`` has nothing left to do, and every event to every listener would pass through it."""


class SecuredApp(FastAPI):
    """An app that is never met but through its gate, not even by what Starlette answers to a bug."""

    def __init__(self, *, only_https: bool, title: str, version: str, lifespan: Lifespan) -> None:
        super().__init__(
            title=title,
            version=version,
            lifespan=lifespan,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,  # it would send people on to whatever host they named
        )
        self._only_https = only_https
        self._refuse: Refusing | None = None
        self.put_in_front(lambda app: app)

    def put_in_front(self, what: Callable[[ASGIApp], ASGIApp]) -> None:
        """Something that takes requests before all of this, just behind the gate, and hands on what is not its own."""
        self._gate = SecurityMiddleware(what(super().__call__), self.refusal, only_https=self._only_https)

    def refuse_with_pages(self, refuse: Refusing) -> None:
        """How a browser is told that it is turned away."""
        self._refuse = refuse

    def refusal(self, scope: Scope) -> ASGIApp | None:
        """What is answered to whoever is turned away at the gate; None to whoever may come in."""
        refusal = _refusal(scope)
        if refusal is None or self._refuse is None or not wants_page(scope):
            return refusal
        allow = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else {}
        return self._refuse(Request(scope), refusal.status_code, allow)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._gate(scope, receive, send)


class SecurityMiddleware:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, refusal: Callable[[Scope], ASGIApp | None], *, only_https: bool) -> None:
        self._app = app
        self._refusal = refusal
        more = NEVER_WITHOUT_TLS if only_https else ()
        self._programs, self._people = FOR_PROGRAMS + more, FOR_PEOPLE + more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, receive, send = _without_body(scope, receive, send)
        headers = self._programs if scope["path"].startswith(PROGRAMS) else self._people

        def sending(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message["headers"], headers)
            return send(message)

        scope[STRAIGHT] = send
        await (self._refusal(scope) or self._app)(scope, receive, sending)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for something to look at: it says so (RFC 9110, 12.5.1), and means no program's path."""
    accept = dict(scope["headers"]).get(b"accept", b"").lower()
    return b"text/html" in accept and not f"{scope['path']}/".startswith((*PROGRAMS, *FILES, "/api/"))


def _completed(said: Iterable[tuple[bytes, bytes]], ours: Headers) -> list[tuple[bytes, bytes]]:
    """What an answer says itself, and what it leaves to us."""
    own = [*said]
    names = {name.lower() for name, _ in own}
    return own + [header for header in ours if header[0] not in names]


def _without_body(scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive, Send]:
    """HEAD as the GET that it is but for the body (RFC 9110, 9.3.2): over with the head, also of what never ends."""
    over = asyncio.Event()

    async def heard() -> Message:
        await over.wait()
        return {"type": "http.disconnect"}

    async def say(message: Message) -> None:
        if not over.is_set():
            await send(message)
        if message["type"] == "http.response.start":
            await send({"type": "http.response.body", "body": b""})
            over.set()

    return {**scope, "method": "GET"}, heard, say


def _refusal(scope: Scope) -> Response | None:
    if not is_one(scope):
        return problems.failed(Malformed("A request names one host, in one Host header."))
    if scope["method"] not in METHODS:
        return problems.plain(HTTPException(405, headers={"Allow": ", ".join(METHODS)}))
    if scope["method"] not in READING and _from_elsewhere(dict(scope["headers"])):
        return problems.failed(NotAllowed("Another site may not send this."))
    return None


def _from_elsewhere(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser says that a page of another site sent this; what is no browser says nothing.

    Browsers tell ``Sec-Fetch-Site`` where the way is safe (W3C Fetch Metadata), else at least ``Origin``.
    """
    if site := headers.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if origin := headers.get(b"origin"):
        return urlsplit(origin.decode("latin-1")).netloc.lower() != headers.get(b"host", b"").decode("latin-1").lower()
    return False
