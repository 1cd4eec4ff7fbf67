"""One round of all that a backend does by itself, for one that sleeps: somebody outside says that a minute is over."""

from __future__ import annotations

import asyncio

from shared.backend.background.business_days import look_after_all
from shared.backend.background.housekeeping import look_through
from shared.backend.halls.ledger import Ledger


async def keep_up(ledger: Ledger) -> None:
    """Do once what a backend that is always there does again and again."""
    await look_after_all(ledger)
    await asyncio.to_thread(look_through, ledger, thoroughly=ledger.wall().minute == 0)
