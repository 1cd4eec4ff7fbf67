"""The time zones halls stand in: those of the packaged list, so that every machine with Now Serving knows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.hall.errors import UnknownTimeZone
from shared.hall.hall_settings import HallSettings


@cache
def zones() -> frozenset[str]:
    """The names of the time zones a hall may have."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def is_known(name: str) -> bool:
    """Whether this machine knows the zone: a hall may have one of an older list, or of another machine."""
    try:
        zone(name)
    except UnknownTimeZone:
        return False
    return True


def zone(name: str) -> ZoneInfo:
    """The zone of this name; raises UnknownTimeZone if this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise UnknownTimeZone(
            "This machine does not know the hall's time zone {zone}: an administrator has to choose another one.",
            zone=name,
        ) from None


def local(settings: HallSettings, wall: datetime) -> datetime:
    """A moment, ``wall``, in the hall's local time, with its zone."""
    return wall.astimezone(zone(settings.time_zone))


@lru_cache(4096)
def instant(zone_name: str, local_time: datetime) -> datetime:
    """The moment, in UTC, at which clocks in a zone first show this local time, given without a zone, or skip it."""
    zoned = local_time.replace(tzinfo=zone(zone_name))
    found = zoned.astimezone(UTC)
    if found.astimezone(zoned.tzinfo).replace(tzinfo=None) == local_time:
        return found
    # fold=1 reads the skipped time with the offset after the change: an earlier moment.
    before, after = zoned.replace(fold=1).astimezone(UTC), found
    offset_after = after.astimezone(zoned.tzinfo).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zoned.tzinfo).utcoffset() == offset_after:
            after = middle
        else:
            before = middle
    return after
