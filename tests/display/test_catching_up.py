"""A display with a thousand events before it is current in under a second: it shows what is, not how it came about."""

from __future__ import annotations

import time

import pytest

from shared.hall.calling import Recall
from tests.display.frame import faults
from tests.display.waiting_room import Room
from tests.memory_link import MemoryLink

EVENTS = 1000


async def test_after_a_thousand_events_at_once_it_is_current_within_a_second(
    link: MemoryLink, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("2", "tests"), room.call("1")
        await room.caught_up()
        fitted: list[object] = []
        fit = display.model._sizes.fit
        monkeypatch.setattr(display.model._sizes, "fit", lambda *content: fitted.append(fit(*content)))
        behind = link.hall.seq + EVENTS
        while link.hall.seq < behind:  # the screen stands still meanwhile
            link.do(Recall(point="1", ticket=room.holding["1"])), link.do(Recall(point="2", ticket=room.holding["2"]))
        began = time.process_time()
        newest_first = [call.label for call in link.hall.calls]
        await until(
            lambda: room.station.hall == link.hall and [row.label for row in display.model.calls.rows] == newest_first
        )
        assert time.process_time() - began < 2  # of this process alone, whatever else the machine does
        assert len(fitted) < EVENTS / 20
        await until(lambda: not faults(display))
