"""Whatever comes in whatever time, the frame shows every call whole, in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from PySide6.QtQuick import QQuickItem

from display.app import DisplayWindow
from tests.display.frame import faults, place
from tests.display.waiting_room import Room, items, texts
from tests.memory_link import MemoryLink


async def at_once(room: Room, display: DisplayWindow) -> None:
    """After a stall, say."""
    for point, service in (("1", "registration"), ("2", "tests"), ("1", "registration"), ("2", "tests")):
        room.call(point, service)


async def as_soon_as_the_last_one_is_seen(room: Room, display: DisplayWindow) -> None:
    for number, (point, service) in enumerate([("1", "registration"), ("2", "tests"), ("1", "registration")], 1):
        room.call(point, service)
        await room.until(lambda number=number: len(texts(display.window, "number")) == number)


async def and_again(room: Room, display: DisplayWindow) -> None:
    await as_soon_as_the_last_one_is_seen(room, display)
    for _ in range(2):
        room.recall("1"), room.recall("2")


def in_place(rows: list[QQuickItem]) -> bool:
    """Whether the numbers stand below one another, none of them over the next."""
    return all(place(one).bottom() <= place(below).top() for one, below in pairwise(rows))


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("come", [at_once, as_soon_as_the_last_one_is_seen, and_again])
async def test_every_call_is_painted_whole_when_it_rests(
    link: MemoryLink, until, come: Callable[[Room, DisplayWindow], Awaitable[None]], still: bool
) -> None:
    room = await Room(link, until).live()
    with room.display(size=(960, 540)) as display:
        if still:
            display._qml.theme.setProperty("still", True)
        await come(room, display)
        await room.caught_up()
        newest_first = [call.label for call in link.hall.calls]
        await until(
            lambda: texts(display.window, "number") == newest_first and in_place(items(display.window, "number"))
        )
        await until(
            lambda: not any(row.highlighted for row in display.model.calls.rows) and not display.announcer.announcing
        )
        await until(lambda: not faults(display))
