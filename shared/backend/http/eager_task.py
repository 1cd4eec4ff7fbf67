"""Begin something that may have to wait, see whether it had to, and leave the rest to somebody with more time."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Begun: TypeAlias = Awaitable[T]
"""The rest of something that had to wait."""


def begin(act: Awaitable[T]) -> Begun[T] | None:
    """Do what can be done at once; the rest, to be awaited in any task, or None if nothing is left.

    Most sends never wait. To give each a task of its own, as is usual, costs more than the send.
    """
    steps = act.__await__()
    try:
        waits_for = next(steps)
    except StopIteration:
        return None
    return _rest(waits_for, steps)


@types.coroutine
def _rest(waits_for: Any, steps: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
    yield waits_for
    return (yield from steps)
