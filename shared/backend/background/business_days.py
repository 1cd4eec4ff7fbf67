"""The clock's own work: each hall's new business day at its time, and the public holidays to come."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from shared.backend.halls.clock import Clock
from shared.backend.halls.ledger import CLOCK, Ledger
from shared.hall.business_day import StartBusinessDay
from shared.hall.calling import may_call_later
from shared.hall.errors import Failure
from shared.hall.field_types import HallId
from shared.hall.opening import day_ends, is_new_day

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds: a clock may be set, or a hall made, while nobody looks."""

CALLING_SLEEP = 5.0
"""Seconds between two looks at a hall that calls by itself, while somebody waits whose time has not come."""

SHORTEST_SLEEP = 0.05

STEP = timedelta(minutes=5)
"""How far a clock may go back before it is said: less is a correction by the network."""


async def keep_time(ledger: Ledger) -> None:
    """Look after every hall until cancelled; quiet while there is nothing to do."""
    told: dict[HallId, str] = {}
    while True:
        pause, before = await look_after_all(ledger, told), _beyond_elapsed(ledger.clock)
        await ledger.clock.sleep(pause)
        if (back := before - _beyond_elapsed(ledger.clock)) > STEP:
            log.warning("the clock of this machine went back by %s: `nowserving check` says what that means", back)


def _beyond_elapsed(clock: Clock) -> datetime:
    """What stays the same as long as nobody sets the clock."""
    return clock.wall() - timedelta(milliseconds=clock.elapsed())


async def look_after_all(ledger: Ledger, told: dict[HallId, str] | None = None) -> float:
    """Do what is due now, which does no harm if others do the same; seconds until something will be.

    ``told``: what was said to be wrong with a hall, which is said once.
    """
    told = {} if told is None else told
    try:
        pauses = [await _looked_after(ledger, hall, told) for hall in ledger.halls()]
    except Failure as failure:  # the database is away for a moment; the first command will start the day as well
        if not ledger.is_away:
            log.warning("no business day was started: %s", failure.detail)
        return LONGEST_SLEEP
    return max(SHORTEST_SLEEP, min(pauses, default=LONGEST_SLEEP))


async def _looked_after(ledger: Ledger, hall: HallId, told: dict[HallId, str]) -> float:
    """What is wrong with one hall keeps no other in yesterday."""
    try:
        pause = min(LONGEST_SLEEP, await _look_after(ledger, hall))
    except Failure as failure:
        if not ledger.is_away and told.get(hall) != failure.detail:
            log.warning("%s: no business day was started: %s", hall, failure.detail)
            told[hall] = failure.detail
    except Exception:
        log.exception("%s: no business day was started", hall)
    else:
        told.pop(hall, None)
        return pause
    return LONGEST_SLEEP


async def _look_after(ledger: Ledger, name: HallId) -> float:
    hall = ledger.hall(name)
    if not hall.seq:
        return LONGEST_SLEEP
    somebody_soon = may_call_later(hall)
    if somebody_soon or is_new_day(hall, ledger.wall()):
        await ledger.do_soon(name, StartBusinessDay(), CLOCK)  # after which a hall that calls by itself calls
        hall = ledger.hall(name)
    await asyncio.to_thread(ledger.observe_holidays, name)
    until = (day_ends(hall, ledger.wall()) - ledger.wall()) / timedelta(seconds=1)
    return min(until, CALLING_SLEEP) if somebody_soon else until
