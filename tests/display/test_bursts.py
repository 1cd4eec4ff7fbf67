"""Whatever happens, however fast, whatever stands still: every row of the model is in the frame, whole and legible."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import pytest

from display.app import DisplayWindow
from display.qml_sizes import Viewing
from shared.hall.hall import Hall
from shared.hall.values import TicketState
from tests.display.frame import faults, rows
from tests.display.random_turns import SIZES, Bursts
from tests.display.waiting_room import Room
from tests.memory_link import MemoryLink

BURSTS = int(os.environ.get("BURSTS", "200"))
"""More of them: ``BURSTS=10000 pytest tests/display/test_bursts.py``."""
OF_ONE_SEED = 50

QUICK = Viewing(farthest_seat=3, highlight=20)


async def until_soon(fact: Callable[[], object]) -> None:
    """As ``until``, looking more often."""
    while not fact():
        await asyncio.sleep(0.001)


def shows_the_open_calls_of(hall: Hall, display: DisplayWindow) -> bool:
    """Whether it shows those calls whose customers are still awaited, newest first, as far as there is room."""
    called = {ticket.id for ticket in hall.tickets.values() if ticket.state is TicketState.CALLED}
    still_open = [call.label for call in hall.calls if call.ticket in called]
    shown = [row.label for row in display.model.calls.rows if not row.over]
    return shown == still_open[: display.model.sizes.rows + 1]


def is_at_rest(display: DisplayWindow) -> bool:
    window = display.window
    return display.model._pixels == (window.width(), window.height()) and not (
        display.announcer.announcing
        or any(row.highlighted for row in display.model.calls.rows)
        or any(row.property("away") for row in rows(display))
    )


@pytest.mark.parametrize("seed", range(BURSTS // OF_ONE_SEED))
async def test_after_any_burst_every_row_is_painted_whole(link: MemoryLink, seed: int) -> None:
    room = await Room(link, until_soon).live()
    bursts = Bursts(link, seed)
    with room.display(QUICK, size=SIZES[0]) as display:
        display._qml.theme.setProperty("arrive", 30)
        for number in range(OF_ONE_SEED):
            bursts.burst(display.window)
            await room.caught_up()
            await until_soon(lambda: shows_the_open_calls_of(link.hall, display) and is_at_rest(display))
            assert faults(display) == [], f"burst {number}"
