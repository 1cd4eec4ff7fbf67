"""The function ``api``: the whole backend, one request at a time, and its background work at each scheduled event."""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any

from mangum import Mangum

from shared.backend.access.accounts import Accounts
from shared.backend.background.one_round import do_one_round
from shared.backend.halls.ledger import Ledger
from shared.backend.http import problems
from shared.backend.http.polling_feed import PollingFeed
from shared.backend.http.routes import create_app
from shared.functions import environment, gateway
from shared.hall.errors import Failure, Unreachable

log = logging.getLogger(__name__)
logging.getLogger("mangum").setLevel(logging.WARNING)  # it logs paths: a ticket's is its key

TEXT = ["text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml"]
"""Media types that pass the gateway as text; all others as Base64."""

Event = dict[str, Any]
Answer = dict[str, Any]

TIME_KEPT: Answer = {"time": "kept"}
TIME_NOT_KEPT: Answer = {"time": "not kept"}


class Function:
    """The backend of one execution environment, kept between two events."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        app = create_app(ledger, Accounts(ledger.database), environment.security(), PollingFeed(ledger))
        self._web = Mangum(app, lifespan="off", text_mime_types=TEXT)

    def answer(self, event: Event, context: Any) -> Answer:
        """Answer a request of the gateway, or do the background work; then wait for what is still to be written."""
        try:
            if _is_request(event):
                gateway.remember_claims(event)
                return self._web(event, context)
            return self._keep_time()
        finally:
            # A function frozen in the middle of a transaction would keep the lock on its hall.
            if not self._ledger.drain(environment.REST_WITHIN):
                log.error("commands are still waiting to be written")

    def _keep_time(self) -> Answer:
        asyncio.get_event_loop().run_until_complete(do_one_round(self._ledger))
        return TIME_KEPT


def handler(event: Event, context: Any) -> Answer:
    try:
        function = _function()
    except Failure as failure:
        log.error("there is no backend yet: %s", failure.detail)  # expected until `migrate` was called
        return _not_yet(event, context)
    return function.answer(event, context)


@cache
def _function() -> Function:
    """The one of this execution environment; raises Unfit or Unreachable, and is tried again at the next event."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    database = environment.database()
    database.require_current()
    return Function(Ledger(database))


def _not_yet(event: Event, context: Any) -> Answer:
    answer = problems.failure_response(Unreachable("The backend is not ready yet; please try again."))
    return Mangum(answer, lifespan="off", text_mime_types=TEXT)(event, context) if _is_request(event) else TIME_NOT_KEPT


def _is_request(event: Event) -> bool:
    """Whether the event is a request of the gateway, and not of the schedule."""
    return "requestContext" in event
