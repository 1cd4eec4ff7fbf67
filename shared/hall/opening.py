"""When a hall is open: so far, which business day a moment belongs to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.hall.hall import Hall, HallSettings


def local(settings: HallSettings, moment: datetime) -> datetime:
    """A moment as the clock on the hall's wall shows it."""
    return moment.astimezone(ZoneInfo(settings.time_zone))


def business_day(settings: HallSettings, wall: datetime) -> date:
    """The hall's own day at a moment: it begins at ``day_starts`` on the hall's clock."""
    there = local(settings, wall)
    return there.date() - timedelta(days=there.time() < settings.day_starts)


def is_new_day(hall: Hall, wall: datetime) -> bool:
    """Whether the hall's day is over. It never moves backwards, whatever a clock does."""
    return hall.business_day is None or business_day(hall.settings, wall) > hall.business_day
