"""The clock's other work: forgetting what has been kept for as long as it may be."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from shared.backend.access import browsers
from shared.backend.halls import audit_lines
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers import contacts
from shared.hall.errors import Failure

log = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds: a contact is to be gone within a minute after the visit."""

ROUNDS = 180
"""Every so many rounds, about once an hour, comes what is kept for days."""


async def keep_house(ledger: Ledger) -> None:
    """Look through everything until cancelled."""
    rounds = 0
    while True:
        await asyncio.to_thread(look_through, ledger, thoroughly=rounds % ROUNDS == 0)
        rounds += 1
        await ledger.clock.sleep(EVERY)


def look_through(ledger: Ledger, *, thoroughly: bool) -> None:
    """One round, which does no harm if others do the same."""
    try:
        forget(ledger, ledger.wall(), thoroughly=thoroughly)
    except Failure as failure:  # the database is away for a moment
        if not ledger.is_away:
            log.warning("nothing was forgotten: %s", failure.detail)
    except Exception:  # a bug with one hall must not keep what others should forget
        log.exception("nothing was forgotten")


def forget(ledger: Ledger, now: datetime, *, thoroughly: bool) -> None:
    """Forget contacts whose visit is over; thoroughly: old lines of the audit, and which browser had which ticket."""
    for hall in ledger.readable():
        contacts.forget(ledger.database, hall, now)
    if thoroughly:
        with ledger.database.writing() as connection:
            audit_lines.forget(connection, now)
            browsers.forget(connection, now)
    if ledger.database.traces:
        ledger.database.scrub()
