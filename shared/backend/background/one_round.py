"""One round of all background work, for a serverless backend that a timer wakes every minute."""

from __future__ import annotations

import asyncio

from shared.backend.background.business_days import look_after_all
from shared.backend.background.housekeeping import run_once
from shared.backend.halls.ledger import Ledger


async def do_one_round(ledger: Ledger) -> None:
    """Do once what a backend that always runs does in loops; failures are logged. Thorough once an hour."""
    await look_after_all(ledger)
    await asyncio.to_thread(run_once, ledger, thoroughly=ledger.wall().minute == 0)
