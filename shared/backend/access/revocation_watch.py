"""Ends the event streams of tokens that were revoked or have expired."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator

from shared.backend.access.accounts import Accounts
from shared.backend.storage.database_errors import Outage
from shared.hall.errors import Failure

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two checks: a device revoked through any backend must be disconnected within five."""

Disconnect = Callable[[], None]


class RevocationWatch:
    """Holds the open event streams, and checks every two seconds, in one query, which tokens are still valid."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._outage = Outage(log, "open streams could not be checked", "open streams are checked again")
        self._streams: defaultdict[str, set[Disconnect]] = defaultdict(set)

    @contextlib.contextmanager
    def watching(self, token: str, disconnect: Disconnect) -> Iterator[None]:
        """Inside, ``disconnect`` is called, from the event loop, if this token is found to be no longer valid."""
        self._streams[token].add(disconnect)
        try:
            yield
        finally:
            self._streams[token].discard(disconnect)
            if not self._streams[token]:
                del self._streams[token]

    async def keep(self) -> None:
        """Check until cancelled; failures are logged."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._check()
            except Failure as failure:  # without its database a backend has nothing to stream either
                self._outage.begin(failure)
            except Exception:  # a bug must not keep revoked tokens listening for good
                log.exception("open streams could not be checked")
            else:
                self._outage.end()

    async def _check(self) -> None:
        tokens = list(self._streams)
        if not tokens:
            return
        valid = await asyncio.to_thread(self._accounts.actors, tokens)
        for token in tokens:
            if token not in valid:
                for disconnect in [*self._streams.get(token, ())]:
                    disconnect()
