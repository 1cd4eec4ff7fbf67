"""An answer that does not end: the events of a hall as an HTTP response."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.backend.access.revocation_watch import RevocationWatch
from shared.backend.http.event_feed import Listener, Telling
from shared.backend.http.security_middleware import STRAIGHT
from shared.hall.field_types import HallId


class EventStream(Response):
    """What happens in a hall after an event, for as long as somebody listens and may."""

    media_type = "text/event-stream"

    def __init__(
        self, feed: Telling, revocations: RevocationWatch, token: str, hall: HallId, after: int, heartbeat: float
    ) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._feed = feed
        self._revocations = revocations
        self._token = token
        self._hall = hall
        self._after = after
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        listener = Listener(scope.get(STRAIGHT, send), self._after)
        watching = asyncio.create_task(_watch(receive, listener))
        try:
            with self._revocations.watching(self._token, listener.leave):
                await self._feed.tell(self._hall, listener, self._heartbeat)
        finally:
            watching.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _watch(receive: Receive, listener: Listener) -> None:
    """Notice when the listener hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.leave()
