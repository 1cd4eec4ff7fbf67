"""One connection to the backend: how long its other end may take, how much it may say, and when it is let go."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import httptools
from starlette.exceptions import HTTPException
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from shared.backend.http import problems
from shared.backend.http.connection_limits import FULL, ConnectionLimits, Who, sent_by
from shared.backend.http.eager_task import Begun, begin
from shared.backend.http.request_parsing import network_of
from shared.backend.http.security_middleware import FOR_PROGRAMS

LARGEST_HEAD = 32 * 1024
"""Bytes of a request's first line and headers; a browser's have a few thousand."""

AHEAD = 16
"""Requests that may wait for the answer to the one before them; browsers send none so."""

SLOWEST = 4096
"""Bytes of a body in a second; slower is nobody's telephone."""


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Seconds for which a backend waits for others."""

    request: float = 10.0
    """For a whole head, for a body beside what ``SLOWEST`` grants it, for hands to be shaken, for a next request."""
    unread: float = 30.0
    """For somebody to take anything at all of their answer."""
    quiet: float = 60.0
    """Without anybody turned away, until a crowd is over."""


class HttpConnection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which waits for ever and takes a head of any length, with a room's manners.

    A line counts as unfinished as long as its other end has not said a whole request: that costs a stranger nothing.
    """

    def __init__(
        self,
        config: Config,
        state: ServerState,
        app_state: dict[str, Any],
        room: ConnectionLimits,
        deadlines: Deadlines,
    ) -> None:
        super().__init__(config, state, app_state, asyncio.get_running_loop())
        self.network = ""
        self._room, self._deadlines = room, deadlines
        self._since = self.loop.time()
        self._unheard = 0
        """Bytes in a row that were no body: httptools keeps a header that does not end."""
        self._body = 0
        self._whole = False
        """Whether the last request has come to its end."""
        self._last = False
        """Whether the line ends with this request."""
        self._deaf = False
        """Whether what still comes is thrown away: to close before all was read takes our answer with it."""
        self._answering: RequestResponseCycle | None = None
        """The request that is answered now; uvicorn's own ``cycle`` is the last that came."""
        self._kind = Who.CUSTOMER
        self._unread: tuple[float, int] | None = None
        """Since when so many bytes of ours have been waiting for the other end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        self._since = self.loop.time()
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_requests()
        super().connection_lost(exc)
        self._room.leave(self)

    def drop(self) -> None:
        self.transport.abort()

    # ── what comes ──

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._unheard += len(data)
        broken = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # there is nothing to go over to; it is answered as if it had not asked
        except httptools.HttpParserError:
            broken = True
        too_long = self._unheard > LARGEST_HEAD
        if (broken or too_long) and self._owes_a_whole_one:
            self._hear_no_more()
        elif broken or too_long:
            self._refuse(431 if too_long else 400)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio's has an answer, uvicorn's none
        """Who has said all there is to say still hears the answer; over TLS nobody can."""
        live = self._answering is not None and self._answering.response_started  # whoever leaves a page ends it so
        if self._owes_a_whole_one and not live and self.scheme == "http":
            self._hear_no_more()
            return True
        self.transport.close()
        return None

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= AHEAD:
            raise ValueError  # it goes no further than here
        self._since, self._body, self._whole = self.loop.time(), 0, False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if (length := sum(len(name) + len(value) + 4 for name, value in self.headers) + len(self.url)) > LARGEST_HEAD:
            self._unheard = length
            raise ValueError
        super().on_headers_complete()
        self._unheard, self._since = 0, self.loop.time()
        self._last = not self.cycle.keep_alive or self.parser.should_upgrade()
        self.cycle.keep_alive = True  # uvicorn would close with its answer, though half the body is on its way

    def on_body(self, body: bytes) -> None:
        self._unheard = 0
        if not self.cycle.response_complete:
            self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unheard, self._whole = 0, True
        self.cycle.keep_alive = not self._last
        super().on_message_complete()
        self._settle()

    # ── what is answered ──

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        self._kind = sent_by(cycle.scope["path"])
        if self._room.turns_away(self._kind):
            cast("dict[str, Any]", cycle.scope)[FULL] = True
            self._kind = Who.CUSTOMER
        super()._start_asgi_task(cycle, app)
        self._settle()

    def on_response_complete(self) -> None:
        self._since, self._body = self.loop.time(), 0
        super().on_response_complete()
        self._settle()

    def _settle(self) -> None:
        """Be held for whom it is."""
        if self._whole and self._last and not self._owes:
            self.transport.close()
        if not self.transport.is_closing():
            self._room.put(self, self._kind if self._whole and self._owes else Who.UNFINISHED)

    @property
    def _owes(self) -> bool:
        """Whether an answer is not complete."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and not cycle.response_complete

    @property
    def _owes_a_whole_one(self) -> bool:
        """The same, to a request that came whole: what it asked for may be done already."""
        return self._owes and (not self.cycle.more_body or bool(self.pipeline))

    def _hear_no_more(self) -> None:
        """Answer what came whole, in order, and let go."""
        if self.cycle.more_body:
            self.pipeline.popleft()  # the newest stands on the left
            self.cycle = self.pipeline[0][0] if self.pipeline else cast("RequestResponseCycle", self._answering)
        self._deaf = self._last = self._whole = True
        self._settle()

    def _forget_requests(self) -> None:
        """Nobody waits for their answers any more: those that have not begun do not."""
        self.pipeline.clear()
        if self._answering:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _refuse(self, status: int) -> None:
        """Answer what is no request, and wait a little for the other end to read that."""
        self._deaf, self._since, self._body = True, self.loop.time(), 0
        if self._owes:
            self._forget_requests()
            if self.cycle.response_started:
                self.drop()
                return
        self.transport.write(_document(status, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._room.put(self, Who.UNFINISHED)

    # ── who is too slow ──

    def look(self, now: float) -> None:
        left = self.transport.get_write_buffer_size()
        if not left:
            self._unread = None
        elif self._unread is None or left < self._unread[1]:
            self._unread = (now, left)
        elif now - self._unread[0] > self._deadlines.unread:
            self.drop()
        late = now - self._since - self._body / SLOWEST > self._deadlines.request
        if late and self._room.is_unfinished(self) and not self.flow.read_paused:
            self._give_up()

    def _give_up(self) -> None:
        self._room.slow += 1
        if self._deaf or self.transport.is_closing():
            self.drop()
        elif self._unheard or (self._owes and not self._whole):
            self._refuse(408)
        else:
            self.transport.close()


class Handshake(asyncio.Protocol):
    """A line before TLS stands, which the event loop would neither count nor let anybody end."""

    def __init__(
        self, line: HttpConnection, context: ssl.SSLContext, room: ConnectionLimits, deadlines: Deadlines
    ) -> None:
        self.network = ""
        self._line, self._context, self._room, self._deadlines = line, context, room, deadlines
        self._early: list[bytes] = []
        """What came in one piece with the end of the handshake."""
        self._transport: asyncio.Transport | None = None
        self._shaking: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self.network = network_of((transport.get_extra_info("peername") or ("",))[0])
        self._room.put(self, Who.UNFINISHED)
        loop = asyncio.get_running_loop()
        deadlines = self._deadlines.request
        # At once: what comes before TLS has taken the socket over is lost, and uvloop reads on although told to pause.
        safe = begin(loop.start_tls(transport, self, self._context, server_side=True, ssl_handshake_timeout=deadlines))
        if safe:
            self._shaking = loop.create_task(self._shake(transport, safe))

    def data_received(self, data: bytes) -> None:
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)

    def drop(self) -> None:
        if self._transport:
            self._transport.abort()

    def look(self, now: float) -> None:
        """Nothing to do: a handshake has its time from the start."""

    async def _shake(self, raw: asyncio.Transport, shaking: Begun[asyncio.Transport | None]) -> None:
        try:
            safe = await shaking
        except OSError:  # theirs to say; ssl.SSLError and the end of our patience are such
            raw.abort()
            safe = None
        self._room.leave(self)
        if safe is None or safe.is_closing():
            return
        safe.set_protocol(self._line)
        self._line.connection_made(safe)
        for data in self._early:
            self._line.data_received(data)


def _document(status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A refusal as it goes over the wire."""
    answer = problems.plain(HTTPException(status, headers={"Connection": "close"}))
    lines = [b"%s: %s" % header for header in (*headers, *answer.raw_headers, *FOR_PROGRAMS)]
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    return b"\r\n".join([first, *lines, b"", bytes(answer.body)])
