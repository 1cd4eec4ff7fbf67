"""Run an awaitable at once until it first has to wait; any task may await what is left of it."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Unfinished: TypeAlias = Awaitable[T]
"""What is left of an awaitable that had to wait."""


def run_until_blocked(awaitable: Awaitable[T]) -> Unfinished[T] | None:
    """Run it until it has to wait; returns what is left, None if it is done. Raises what it raises until then.

    Most sends never wait, and a task of its own for each would cost more than the send.
    """
    steps = awaitable.__await__()
    try:
        waits_for = next(steps)
    except StopIteration:
        return None
    return _continue(waits_for, steps)


@types.coroutine
def _continue(waits_for: Any, steps: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
    yield waits_for
    return (yield from steps)
