"""The function ``api``: the whole backend, one request at a time, and its clock, which ticks from outside."""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any

from mangum import Mangum

from shared.backend.access.accounts import Accounts
from shared.backend.background.one_round import keep_up
from shared.backend.halls.ledger import Ledger
from shared.backend.http import problems
from shared.backend.http.polling_feed import PollingFeed
from shared.backend.http.routes import create_app
from shared.functions import environment, gateway
from shared.hall.errors import Failure, Unreachable

log = logging.getLogger(__name__)
logging.getLogger("mangum").setLevel(logging.WARNING)  # it writes paths into the log: a ticket's is its key

TEXT = ["text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml"]
"""What goes through the gateway as it is; everything else in Base64."""

Event = dict[str, Any]
Answer = dict[str, Any]

TIME_KEPT: Answer = {"time": "kept"}
NOTHING_DONE: Answer = {"time": "not kept"}


class Function:
    """The backend as it waits for the next event."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        app = create_app(ledger, Accounts(ledger.database), environment.policy(), PollingFeed(ledger))
        self._web = Mangum(app, lifespan="off", text_mime_types=TEXT)

    def answer(self, event: Event, context: Any) -> Answer:
        """Answer a request of the gateway, or keep time if it is none; nothing is under way when this returns."""
        try:
            if _is_request(event):
                gateway.hear(event)
                return self._web(event, context)
            return self._keep_time()
        finally:
            # Frozen in the middle of a transaction it would keep the lock of its hall.
            if not self._ledger.rest(environment.LAST_WORDS):
                log.error("something is still being written")

    def _keep_time(self) -> Answer:
        asyncio.get_event_loop().run_until_complete(keep_up(self._ledger))
        return TIME_KEPT


def handler(event: Event, context: Any) -> Answer:
    """What the gateway or the clock sends."""
    try:
        function = _function()
    except Failure as failure:
        log.error("there is no backend yet: %s", failure.detail)  # expected until `migrate` was called
        return _not_yet(event, context)
    return function.answer(event, context)


@cache
def _function() -> Function:
    """Made once for each environment; raises Unfit or Unreachable, and is then tried again."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    database = environment.database()
    database.require_current()
    return Function(Ledger(database))


def _not_yet(event: Event, context: Any) -> Answer:
    away = problems.failed(Unreachable("The backend is not ready yet; please try again."))
    return Mangum(away, lifespan="off", text_mime_types=TEXT)(event, context) if _is_request(event) else NOTHING_DONE


def _is_request(event: Event) -> bool:
    """Whether it comes from the gateway; the clock sends something else."""
    return "requestContext" in event
