"""Staff are warned of a business day that a clock began too early; an administrator corrects it with one press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.issuing import IssueTicket
from tests.console.test_attended import alert
from tests.console.test_set_up import open_set_up
from tests.memory_link import MemoryLink


@pytest.fixture
def ticket_of_tomorrow(link: MemoryLink, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody came while the clock of the hall was two days ahead."""
    with monkeypatch.context() as ahead:
        wall = link.wall
        ahead.setattr(link, "wall", lambda: wall() + timedelta(days=2))
        return str(link.do(IssueTicket(service="registration")).result["ticket"]["id"])


async def test_a_day_ahead_is_said_and_put_right_with_one_press(sit_down, link, ticket_of_tomorrow) -> None:
    kept = link.hall.business_day
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        assert f"The hall's business day is {kept}, because a clock was ahead" in alert(seat)
        assert str(kept) in hall.correct_day.text()
        QTest.mouseClick(hall.correct_day, Qt.MouseButton.LeftButton)
        await seat.until(lambda: "business day" not in alert(seat))
        assert link.hall.business_day == kept - timedelta(days=2)
        assert not hall.correct_day.isVisible()
        assert ticket_of_tomorrow in link.hall.tickets


async def test_nobody_is_asked_about_a_day_that_is_right(sit_down, link) -> None:
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        assert not hall.correct_day.isVisible()
        assert not alert(seat)
