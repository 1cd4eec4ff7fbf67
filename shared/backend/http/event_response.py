"""The events of a hall as an HTTP response that does not end (Server-Sent Events)."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.http.event_feed import EventFeed, Listener
from shared.backend.http.security_middleware import DIRECT_SEND
from shared.hall.field_types import HallId


class EventResponse(Response):
    """The events of a hall after ``after``, until the listener hangs up, its token is revoked or the feed ends."""

    media_type = "text/event-stream"

    def __init__(
        self, feed: EventFeed, revocations: RevocationWatch, token: str, hall: HallId, after: int, heartbeat: float
    ) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._feed, self._revocations, self._token = feed, revocations, token
        self._hall, self._after, self._heartbeat = hall, after, heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        listener = Listener(scope.get(DIRECT_SEND, send), self._after)
        watcher = asyncio.create_task(_watch_for_disconnect(receive, listener))
        try:
            with self._revocations.watching(self._token, listener.leave):
                await self._feed.stream_to(self._hall, listener, self._heartbeat)
        finally:
            watcher.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _watch_for_disconnect(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.leave()
