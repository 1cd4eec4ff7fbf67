"""Calls move where the machine can draw it; where it can't, or nobody wants it, they stand in their places at once."""

from __future__ import annotations

import pytest

from display.app import DisplayWindow
from display.check import faults
from display.screen.motion import CHOICES, JUDGED_BY, Motion, require_motion
from shared.hall.errors import Unfit
from shared.settings import Settings
from shared.ui.station import Station
from tests.memory_link import MemoryLink

SMOOTH, SLOW = 1 / 60, 1 / 10
"""Seconds for a frame."""


def watch(motion: Motion, *frames: float) -> None:
    for frame in frames:
        motion.frame(frame)


def test_a_machine_that_keeps_up_goes_on_moving() -> None:
    motion = Motion("auto")
    watch(motion, *[SMOOTH] * 10 * JUDGED_BY)
    assert not motion.still


def test_a_single_hiccup_is_forgiven() -> None:
    motion = Motion("auto")
    watch(motion, *[SMOOTH] * (JUDGED_BY - 2), SLOW, SLOW)
    assert not motion.still


def test_a_machine_that_can_not_keep_up_stops_moving() -> None:
    motion = Motion("auto")
    watch(motion, *[SMOOTH, SLOW] * JUDGED_BY)
    assert motion.still


@pytest.mark.parametrize(("setting", "still"), [("full", False), ("less", True)])
def test_the_setting_has_the_last_word(setting: str, still: bool) -> None:
    motion = Motion(setting)
    watch(motion, *[SLOW, SLOW] * JUDGED_BY)
    assert motion.still is still


def test_the_screen_does_as_it_is_told(qapp, link: MemoryLink) -> None:
    display = DisplayWindow(Station(link), Settings(sound=False))
    assert display._qml.theme.property("arrive") > 0
    watch(display.model.motion, *[SLOW] * JUDGED_BY)
    assert display._qml.theme.property("arrive") == 0
    display.close()


@pytest.mark.parametrize("setting", CHOICES)
def test_a_choice_is_fit(setting: str) -> None:
    require_motion(setting)


def test_anything_else_is_said_before_the_window_opens() -> None:
    with pytest.raises(Unfit, match="motion must be auto, full or less, not 'slow'"):
        require_motion("slow")
    assert [*faults(Settings(sound=False, motion="slow"))] == ["motion must be auto, full or less, not 'slow'."]
