"""The time zones halls stand in: those of the packaged list, so that every machine with Now Serving knows them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.hall.errors import UnknownTimeZone


@cache
def zones() -> frozenset[str]:
    """The names a hall may have."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def is_known(name: str) -> bool:
    """Whether this machine knows a zone that a hall already has: one of an older list, or of a machine's own."""
    try:
        zone(name)
    except UnknownTimeZone:
        return False
    return True


def zone(name: str) -> ZoneInfo:
    """The clock of a zone; raises UnknownTimeZone."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise UnknownTimeZone(
            "This machine does not know the hall's time zone {zone}: an administrator has to choose another one.",
            zone=name,
        ) from None
