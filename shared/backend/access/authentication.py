"""Authenticates requests: looks up whose token each carries, one query for all waiting. Nothing is cached."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from shared.backend.access.accounts import Accounts, invalid_token
from shared.hall.roles import Actor


class Authenticator:
    """Looks tokens up in the database; requests that arrive meanwhile share the next query.

    So a crowd costs one query, not one each, and a revoked token is refused from the next request on.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._pending: dict[str, asyncio.Future[Actor | None]] = {}
        self._lookup: asyncio.Task[None] | None = None

    async def actor(self, token: str, address: str) -> Actor:
        """The actor with this token, at this address; raises NotSignedIn if it is unknown, revoked or expired.

        People who must change their password are authenticated too: the caller has to check that.
        """
        if token not in self._pending:
            self._pending[token] = asyncio.get_running_loop().create_future()
        answer = self._pending[token]
        if self._lookup is None:
            self._lookup = asyncio.create_task(self._look_up())
        if actor := await asyncio.shield(answer):  # a cancelled request must not cancel it for the others
            return replace(actor, address=address)
        raise invalid_token()

    async def _look_up(self) -> None:
        while self._pending:
            pending, self._pending = self._pending, {}
            try:
                actors = await asyncio.to_thread(self._accounts.actors, list(pending))
            except Exception as error:  # noqa: BLE001  # passed on to every waiting request
                for answer in pending.values():
                    answer.set_exception(error)
                    answer.exception()  # retrieved: perhaps nobody waits for it any more
            else:
                for token, answer in pending.items():
                    answer.set_result(actors.get(token))
        self._lookup = None
