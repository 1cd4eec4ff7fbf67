"""Sees to it that whoever may not come in any more does not go on listening."""

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
"""Seconds between two looks: a device that is revoked through any backend has to be still within five."""

Leave = Callable[[], None]


class RevocationWatch:
    """Knows who listens here, and asks again and again, of all of them in one look, whose token is still good."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._outage = Outage(log, "who listens could not be looked up", "who listens is looked up again")
        self._inside: defaultdict[str, set[Leave]] = defaultdict(set)

    @contextlib.contextmanager
    def watching(self, token: str, leave: Leave) -> Iterator[None]:
        """``leave`` is called when this token opens nothing any more."""
        self._inside[token].add(leave)
        try:
            yield
        finally:
            self._inside[token].discard(leave)
            if not self._inside[token]:
                del self._inside[token]

    async def keep(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._look()
            except Failure as failure:  # without its database a backend has nothing to tell anybody either
                self._outage.met(failure)
            except Exception:  # a bug here must not leave the door open for good
                log.exception("who listens could not be looked up")
            else:
                self._outage.is_over()

    async def _look(self) -> None:
        tokens = list(self._inside)
        if not tokens:
            return
        known = await asyncio.to_thread(self._accounts.actors, tokens)
        for token in tokens:
            if token not in known:
                for leave in [*self._inside.get(token, ())]:
                    leave()
