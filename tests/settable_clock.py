"""A clock on the wall that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # half past ten in Berlin


class Watch:
    """What a station takes for the time."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now
