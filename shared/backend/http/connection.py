"""One connection to the backend: its deadlines, its size limits, and when it is closed."""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import httptools
from starlette.exceptions import HTTPException
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from shared.backend.http import problems
from shared.backend.http.connection_limits import FULL, ConnectionLimits, Deadlines, Holder, holder_of
from shared.backend.http.eager_task import Unfinished, run_until_blocked
from shared.backend.http.request_parsing import network_of
from shared.backend.http.security_middleware import API_HEADERS

LARGEST_HEAD = 32 * 1024
"""Bytes of a request's first line and headers; a browser sends a few thousand."""

MOST_PIPELINED = 16
"""Pipelined requests that may wait for the answer to the one before them; browsers send none."""

SLOWEST_BODY = 4096
"""Bytes a second in which a body must arrive; no phone is slower."""


class Unread(NamedTuple):
    """How many bytes wait for the other end to read them, and since when (the loop's time)."""

    size: int
    since: float


class HttpConnection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which waits for ever and takes a head of any length, with deadlines and limits.

    A connection counts as unfinished until it has sent a complete request: to open one costs a stranger nothing.
    """

    def __init__(
        self,
        config: Config,
        state: ServerState,
        app_state: dict[str, Any],
        limits: ConnectionLimits,
        deadlines: Deadlines,
    ) -> None:
        super().__init__(config, state, app_state, asyncio.get_running_loop())
        self.network = ""
        self._limits, self._deadlines = limits, deadlines
        self._waiting_since = self.loop.time()
        self._head_size = 0
        """Bytes in a row that were no body: httptools buffers a header that does not end."""
        self._body_size = 0
        self._request_complete = self._closes_after_answer = False
        self._discards_input = False
        """Whether further input is thrown away: to close a socket with unread input would lose our answer."""
        self._current: RequestResponseCycle | None = None
        """The request being answered; uvicorn's own ``cycle`` is the last one received."""
        self._holder = Holder.CUSTOMER
        self._unread: Unread | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        self._waiting_since = self.loop.time()
        self._register()

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_requests()
        super().connection_lost(exc)
        self._limits.release(self)

    def drop(self) -> None:
        self.transport.abort()

    # ── requests ──

    def data_received(self, data: bytes) -> None:
        if self._discards_input:
            return
        self._unset_keepalive_if_required()
        self._head_size += len(data)
        broken = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._discards_input = True  # we have no other protocol: answered as if it had not asked for one
        except httptools.HttpParserError:
            broken = True
        too_long = self._head_size > LARGEST_HEAD
        if (broken or too_long) and self._complete_request_pending:
            self._stop_reading()
        elif broken or too_long:
            self._refuse(431 if too_long else 400)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio's returns a bool, uvicorn's nothing
        """A client that closed its sending side still gets its answers; over TLS that is impossible."""
        live = self._current is not None and self._current.response_started  # an event stream: its page was left
        if self._complete_request_pending and not live and self.scheme == "http":
            self._stop_reading()
            return True
        self.transport.close()
        return None

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= MOST_PIPELINED:
            raise ValueError  # the parser turns it into an error, which is answered
        self._waiting_since, self._body_size, self._request_complete = self.loop.time(), 0, False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        length = len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        if length > LARGEST_HEAD:
            self._head_size = length
            raise ValueError
        super().on_headers_complete()
        self._head_size, self._waiting_since = 0, self.loop.time()
        self._closes_after_answer = not self.cycle.keep_alive or self.parser.should_upgrade()
        self.cycle.keep_alive = True  # otherwise uvicorn would close after its answer, with half the body on its way

    def on_body(self, body: bytes) -> None:
        self._head_size = 0
        if not self.cycle.response_complete:
            self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head_size, self._request_complete = 0, True
        self.cycle.keep_alive = not self._closes_after_answer
        super().on_message_complete()
        self._register()

    # ── answers ──

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._current = cycle
        self._holder = holder_of(cycle.scope["path"])
        if self._limits.turns_away(self._holder):
            cast("dict[str, Any]", cycle.scope)[FULL] = True
            self._holder = Holder.CUSTOMER
        super()._start_asgi_task(cycle, app)
        self._register()

    def on_response_complete(self) -> None:
        self._waiting_since, self._body_size = self.loop.time(), 0
        super().on_response_complete()
        self._register()

    def _register(self) -> None:
        """Count this connection for its current holder, or close it after its last answer."""
        if self._request_complete and self._closes_after_answer and not self._response_pending:
            self.transport.close()
        if not self.transport.is_closing():
            answering = self._request_complete and self._response_pending
            self._limits.hold(self, self._holder if answering else Holder.UNFINISHED)

    @property
    def _response_pending(self) -> bool:
        """Whether an answer is not complete."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and not cycle.response_complete

    @property
    def _complete_request_pending(self) -> bool:
        """Whether a request has come completely and its answer is not complete: it may be carried out already."""
        return self._response_pending and (not self.cycle.more_body or bool(self.pipeline))

    def _stop_reading(self) -> None:
        """Answer the requests that were received completely, in order, then close."""
        if self.cycle.more_body:
            self.pipeline.popleft()  # the newest stands on the left
            self.cycle = self.pipeline[0][0] if self.pipeline else cast("RequestResponseCycle", self._current)
        self._discards_input = self._closes_after_answer = self._request_complete = True
        self._register()

    def _drop_requests(self) -> None:
        """Tell the current request that its client is gone, and start none of those that wait."""
        self.pipeline.clear()
        if self._current:
            self._current.disconnected = True
            self._current.message_event.set()

    def _refuse(self, status: int) -> None:
        """Answer input that is no valid request, and let the other end read the answer until its deadline."""
        self._discards_input, self._waiting_since, self._body_size = True, self.loop.time(), 0
        if self._response_pending:
            self._drop_requests()
            if self.cycle.response_started:
                self.drop()
                return
        self.transport.write(_refusal_bytes(status, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._limits.hold(self, Holder.UNFINISHED)

    # ── deadlines ──

    def check_timeouts(self, now: float) -> None:
        unsent = self.transport.get_write_buffer_size()
        if not unsent:
            self._unread = None
        elif self._unread is None or unsent < self._unread.size:
            self._unread = Unread(unsent, now)
        elif now - self._unread.since > self._deadlines.unread:
            self.drop()
        late = now - self._waiting_since - self._body_size / SLOWEST_BODY > self._deadlines.request
        if late and self._limits.is_unfinished(self) and not self.flow.read_paused:
            self._time_out()

    def _time_out(self) -> None:
        self._limits.slow += 1
        if self._discards_input or self.transport.is_closing():
            self.drop()
        elif self._head_size or (self._response_pending and not self._request_complete):
            self._refuse(408)
        else:
            self.transport.close()


class Handshake(asyncio.Protocol):
    """A connection during its TLS handshake, which the event loop would neither count nor let us close."""

    def __init__(
        self, connection: HttpConnection, context: ssl.SSLContext, limits: ConnectionLimits, deadlines: Deadlines
    ) -> None:
        self.network = ""
        self._connection, self._context, self._limits, self._deadlines = connection, context, limits, deadlines
        self._early_data: list[bytes] = []
        """What arrived together with the end of the handshake."""
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self.network = network_of((transport.get_extra_info("peername") or ("",))[0])
        self._limits.hold(self, Holder.UNFINISHED)
        loop = asyncio.get_running_loop()
        timeout = self._deadlines.request
        # At once: uvloop reads on although told to pause, and loses what it reads before TLS has the socket.
        secured = run_until_blocked(
            loop.start_tls(transport, self, self._context, server_side=True, ssl_handshake_timeout=timeout)
        )
        if secured:
            self._handshake = loop.create_task(self._finish_handshake(transport, secured))

    def data_received(self, data: bytes) -> None:
        self._early_data.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._limits.release(self)

    def drop(self) -> None:
        if self._transport:
            self._transport.abort()

    def check_timeouts(self, now: float) -> None:
        """Nothing to do: ``start_tls`` has its own timeout."""

    async def _finish_handshake(self, raw: asyncio.Transport, handshake: Unfinished[asyncio.Transport | None]) -> None:
        try:
            secured = await handshake
        except OSError:  # the other end's fault; includes ssl.SSLError and TimeoutError
            raw.abort()
            secured = None
        self._limits.release(self)
        if secured is None or secured.is_closing():
            return
        secured.set_protocol(self._connection)
        self._connection.connection_made(secured)
        for data in self._early_data:
            self._connection.data_received(data)


def _refusal_bytes(status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A problem document of this status as bytes of HTTP/1.1."""
    answer = problems.http_error_response(HTTPException(status, headers={"Connection": "close"}))
    lines = [b"%s: %s" % header for header in (*headers, *answer.raw_headers, *API_HEADERS)]
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    return b"\r\n".join([first, *lines, b"", bytes(answer.body)])
