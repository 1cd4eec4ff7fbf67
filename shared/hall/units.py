"""The units numbers are in: every number that is a span or a point of time is declared by one of these names."""

from __future__ import annotations

from typing import TypeAlias

Milliseconds: TypeAlias = int
Seconds: TypeAlias = int
Minutes: TypeAlias = int

OrderTime: TypeAlias = int
"""A moment, in milliseconds of the hall's order clock: it only moves forward, whatever is done to the wall clock."""

MINUTE: Milliseconds = 60_000
