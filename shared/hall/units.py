"""The units of numbers: every span or moment that is stored as a number has one of these types.

A hall has two clocks. The wall clock, a ``datetime`` in UTC, says when something happened, and may be set back. The
order clock only counts on, whatever is done to the wall clock: it alone decides who is due first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

Milliseconds: TypeAlias = int
Seconds: TypeAlias = int
Minutes: TypeAlias = int

OrderTime: TypeAlias = int
"""A moment on the hall's order clock, in milliseconds."""

SECOND: Milliseconds = 1_000
MINUTE: Milliseconds = 60_000


def seconds(span: timedelta) -> Seconds:
    """A span in whole seconds, rounded down; 0 for a negative one, which a wall clock set back can cause."""
    return max(0, int(span.total_seconds()))
