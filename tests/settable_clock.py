"""A wall clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # half past ten in Berlin


class Watch:
    """In place of a station's wall clock."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now
