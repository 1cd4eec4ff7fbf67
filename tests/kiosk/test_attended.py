"""A customer knows before the touch what the ticket will say: how many are ahead, and whether any point is open."""

from __future__ import annotations

import re

import pytest

from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.set_up import DefinePoint, DefineService
from tests.kiosk.screen import Screen, kiosk
from tests.memory_link import MemoryLink

NOT_OPEN = "No service point is open at the moment"


def tile(screen: Screen, choice: str) -> str:
    return str(screen.item(choice).property("status"))


@pytest.mark.parametrize("service", ["registration", "tests"])
async def test_the_tile_and_the_ticket_say_the_same_number(link: MemoryLink, until, service: str) -> None:
    """Two services that share a point: whoever waits for one is ahead of the other."""
    for number, services in (("1", ("registration", "tests")), ("2", ("tests",))):
        link.do(DefinePoint(id=number, serial_number=int(number), name=f"Counter {number}", services=services))
        link.do(ActivatePoint(point=number))
    for taken in ("registration", "tests", "registration", "registration", "tests"):
        link.do(IssueTicket(service=taken))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.sees("registration"))
        before = tile(screen, service)
        screen.click(service)
        await until(lambda: screen.sees("number") or screen.sees("regular"))
        if screen.sees("regular"):
            assert tile(screen, "regular") == before
            screen.click("regular")
        await until(lambda: screen.sees("number"))
        assert re.findall(r"\d+", before) == re.findall(r"\d+", screen.visit.ahead) != []
        assert before == screen.visit.ahead


async def test_a_priority_says_before_how_many_it_would_pass(link: MemoryLink, until) -> None:
    link.do(ActivatePoint(point="1"))
    for _ in range(3):
        link.do(IssueTicket(service="registration", precedence="regular"))
    async with kiosk(link, until) as screen:
        await until(lambda: tile(screen, "registration") == "3 people are ahead of you")
        screen.click("registration")
        await until(lambda: screen.sees("paid"))
        assert tile(screen, "regular") == "3 people are ahead of you"
        assert tile(screen, "paid") == "Nobody is ahead of you"


async def test_a_tile_says_that_no_point_is_open_before_a_number_is_taken(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        await until(lambda: screen.sees("tests"))
        assert tile(screen, "tests") == NOT_OPEN
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        assert screen.visit.ahead == NOT_OPEN
        link.do(ActivatePoint(point="2"))
        await until(lambda: screen.visit.ahead == "You are next")
        link.do(DeactivatePoint(point="2"))
        await until(lambda: screen.visit.ahead == NOT_OPEN)


async def test_a_service_that_no_point_gives_is_not_offered(link: MemoryLink, until) -> None:
    link.do(DefineService(id="xray", name="X-ray", prefix="X"))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.sees("tests"))
        assert not screen.sees("xray")
        link.do(DefinePoint(id="3", serial_number=3, name="Room 3", services=("xray",)))
        await until(lambda: screen.sees("xray"))


async def test_a_hall_whose_services_no_point_gives_is_closed(link: MemoryLink, until) -> None:
    for number in ("1", "2"):
        link.do(DefinePoint(id=number, serial_number=int(number), name=f"Counter {number}"))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.model.page == "hall-closed")
