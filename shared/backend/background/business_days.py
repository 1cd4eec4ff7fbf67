"""Background work by the clock: starts each hall's business day and fetches its public holidays."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from shared.backend.halls.clock import SET_BACK
from shared.backend.halls.ledger import CLOCK_ACTOR, Ledger
from shared.hall.business_day import StartBusinessDay
from shared.hall.calling import may_call_later
from shared.hall.errors import Failure
from shared.hall.field_types import HallId
from shared.hall.opening import day_ends, is_new_day

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds between two rounds at most: meanwhile a clock may be set, or a hall added."""

CALLING_SLEEP = 5.0
"""Seconds between two rounds while a hall that calls by itself has a ticket that can't be called yet."""

SHORTEST_SLEEP = 0.05
"""Seconds between two rounds at least."""


async def keep_business_days(ledger: Ledger) -> None:
    """Do rounds until cancelled, and warn when the clock went back."""
    logged: dict[HallId, str] = {}
    while True:
        pause, before = await look_after_all(ledger, logged), ledger.clock.offset()
        await ledger.clock.sleep(pause)
        if (back := before - ledger.clock.offset()) > SET_BACK:
            log.warning("the clock of this machine went back by %s: `nowserving check` shows what that means", back)


async def look_after_all(ledger: Ledger, logged: dict[HallId, str] | None = None) -> float:
    """Do one round, harmless if another backend does the same; returns the seconds until the next one.

    Failures are logged. ``logged`` holds the last one of each hall, so that it is logged once.
    """
    logged = {} if logged is None else logged
    try:
        pauses = [await _try_to_look_after(ledger, hall, logged) for hall in ledger.hall_ids()]
    except Failure as failure:  # the database is away: the first command will start the day as well
        if not ledger.database_is_away:
            log.warning("no business day was started: %s", failure.detail)
        return LONGEST_SLEEP
    return max(SHORTEST_SLEEP, min(pauses, default=LONGEST_SLEEP))


async def _try_to_look_after(ledger: Ledger, hall_id: HallId, logged: dict[HallId, str]) -> float:
    """Seconds until the next round for this hall. Its failure is logged: it must not keep others from their day."""
    try:
        pause = min(LONGEST_SLEEP, await _look_after(ledger, hall_id))
    except Failure as failure:
        if not ledger.database_is_away and logged.get(hall_id) != failure.detail:
            log.warning("%s: no business day was started: %s", hall_id, failure.detail)
            logged[hall_id] = failure.detail
    except Exception:
        log.exception("%s: no business day was started", hall_id)
    else:
        logged.pop(hall_id, None)
        return pause
    return LONGEST_SLEEP


async def _look_after(ledger: Ledger, hall_id: HallId) -> float:
    hall = ledger.hall(hall_id)
    if not hall.seq:
        return LONGEST_SLEEP
    calls_soon = may_call_later(hall)
    if calls_soon or is_new_day(hall, ledger.wall()):
        await ledger.do_async(hall_id, StartBusinessDay(), CLOCK_ACTOR)  # after it, a hall that calls by itself calls
        hall = ledger.hall(hall_id)
    await asyncio.to_thread(ledger.update_holidays, hall_id)
    until = (day_ends(hall, ledger.wall()) - ledger.wall()) / timedelta(seconds=1)
    return min(until, CALLING_SLEEP) if calls_soon else until
