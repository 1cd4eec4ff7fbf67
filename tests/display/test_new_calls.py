"""A display announces what happens now; of what it missed, only calls that are still young, whatever its clock says."""

from __future__ import annotations

import pytest

from display.announcing.new_calls import CATCHING_UP, LATE, STALL, YOUNG, NewCalls
from shared.hall.calling import CallNext
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Command
from shared.hall.rules import decide, evolve
from shared.hall.values import Moment
from tests.display.bursts import BEGAN, HALL, Followed


class Following:
    """A display that follows a hall; the hall's clock and the display's own are hours apart."""

    AHEAD = 3_600_000

    def __init__(self) -> None:
        self.now = 5_000
        self.real: Hall = HALL
        self.link = Followed(HALL)
        self.heard: list[tuple[str, bool]] = []
        self.calls = NewCalls(self.link, lambda: self.now + self.AHEAD)
        self.calls.called.connect(lambda call, late: self.heard.append((call.label, late)))
        self.happens(IssueTicket(service="tests"))

    def happens(self, *commands: Command, arrives: bool = True) -> list[object]:
        happened = []
        for command in commands:
            for event in decide(self.real, command, Moment(BEGAN, self.now)):
                self.real = evolve(self.real, event)
                happened.append(event)
                if arrives:
                    self.link.arrives(event)
        return happened

    def call(self, point: str, *, arrives: bool = True) -> list[object]:
        return self.happens(IssueTicket(service="tests"), CallNext(point=point), arrives=arrives)


def test_what_happens_now_is_announced_at_once(qapp) -> None:
    following = Following()
    following.now += 3 * YOUNG  # nothing happened for long
    following.calls._tick()
    following.now += CATCHING_UP
    following.calls._tick()
    following.call("1")
    assert following.heard == [("B001", False)]


def test_after_an_outage_only_young_calls_are_announced_once_and_in_order(qapp) -> None:
    following = Following()
    for point in ("1", "2", "3", "4"):
        following.now += YOUNG // 3
        following.call(point, arrives=False)
    following.now += 5_000
    following.link.snapshot(following.real)
    young = [("B002", True), ("B003", True), ("B004", True)]
    assert following.heard == young
    following.link.snapshot(following.real)
    assert following.heard == young


def test_a_stall_of_ten_seconds_brings_what_is_still_young(qapp) -> None:
    following = Following()
    old = following.call("1", arrives=False)
    following.now += YOUNG
    new = following.call("2", arrives=False)
    following.now += 10_000
    for event in (*old, *new):
        following.link.arrives(event)
    assert following.heard == [("B002", True)]


def test_a_call_made_just_after_the_return_is_not_treated_as_late(qapp) -> None:
    following = Following()
    following.now += STALL + LATE
    following.link.reachable_changed.emit()
    following.call("1")
    assert following.heard == [("B001", False)]


@pytest.mark.parametrize("drift", [-600_000, 600_000])
def test_a_clock_that_drifted_apart_silences_no_display(qapp, drift: int) -> None:
    following = Following()
    following.AHEAD += drift
    following.calls._tick()
    following.now += CATCHING_UP + 700_000
    for _ in range(2):
        following.calls._tick()
        following.now += 1
    following.calls._catching_up_until = 0
    following.call("1")
    following.link.reachable_changed.emit()
    following.call("2")
    assert following.heard == [("B001", False), ("B002", False)]
