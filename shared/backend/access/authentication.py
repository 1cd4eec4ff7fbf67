"""Says whose token a request carries: never from memory, but for all requests that come together in one look."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from shared.backend.access.accounts import Accounts, not_valid
from shared.hall.roles import Actor


class Authenticator:
    """Looks tokens up in the database while requests go on coming in; those that come meanwhile share the next look.

    So a crowd costs a query, not a query each, and a token that is revoked is refused from the next request on.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._asked: dict[str, asyncio.Future[Actor | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def actor(self, token: str, address: str) -> Actor:
        """Whose token this is, at this address; raises NotSignedIn for one that is unknown, revoked or over.

        Somebody who has yet to choose a password of their own is let in too: whoever asks has to see to that.
        """
        if token not in self._asked:
            self._asked[token] = asyncio.get_running_loop().create_future()
        answer = self._asked[token]
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if actor := await asyncio.shield(answer):  # others may wait for it too
            return replace(actor, address=address)
        raise not_valid()

    async def _look(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, {}
            try:
                actors = await asyncio.to_thread(self._accounts.actors, list(asked))
            except Exception as error:  # noqa: BLE001  # whoever waits for the answer is told
                for answer in asked.values():
                    answer.set_exception(error)
                    answer.exception()  # nobody may wait for it any more
            else:
                for token, answer in asked.items():
                    answer.set_result(actors.get(token))
        self._looking = None
