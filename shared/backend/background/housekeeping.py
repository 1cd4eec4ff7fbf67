"""Housekeeping: erases contacts, old audit entries, browsers' tickets and parts of media when their time is over."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from shared.backend.access import tickets_per_browser
from shared.backend.halls import audit_lines
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers import contacts, media
from shared.hall.errors import Failure

log = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between two rounds: a contact must be gone within a minute after the visit."""

THOROUGH_EVERY = 180
"""Rounds from one thorough one to the next: an hour."""


async def keep_housekeeping(ledger: Ledger) -> None:
    """Do rounds until cancelled."""
    rounds = 0
    while True:
        await asyncio.to_thread(run_once, ledger, thoroughly=rounds % THOROUGH_EVERY == 0)
        rounds += 1
        await ledger.clock.sleep(EVERY)


def run_once(ledger: Ledger, *, thoroughly: bool) -> None:
    """One round, harmless if another backend does the same; logs its failures."""
    try:
        forget(ledger, ledger.wall(), thoroughly=thoroughly)
    except Failure as failure:  # the database is away
        if not ledger.database_is_away:
            log.warning("housekeeping failed: %s", failure.detail)
    except Exception:  # housekeeping must go on after a bug
        log.exception("housekeeping failed")


def forget(ledger: Ledger, now: datetime, *, thoroughly: bool) -> None:
    """Erase contacts whose visit is over; thoroughly: also what is old elsewhere. Raises Failure."""
    for hall in ledger.readable_halls():
        contacts.forget(ledger.database, hall, now)
    if thoroughly:
        with ledger.database.writing() as connection:
            audit_lines.forget(connection, now)
            tickets_per_browser.forget(connection, now)
            media.forget(connection, now)
    if ledger.database.needs_scrub:
        ledger.database.scrub()
