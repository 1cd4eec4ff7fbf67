"""Turns to every page of the console, as an administrator who serves a customer sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from typing import Any

from console.actions import Action
from shared.hall.display_values import DisplayLayout, PlaylistItem, PlaylistKind, Volume
from shared.hall.displays import DefineDisplay
from shared.hall.issuing import IssueTicket
from shared.hall.roles import STAFF_ROLES, Role
from shared.hall.set_up import DefinePoint, DefinePrecedence, DefineService
from shared.requests.audit import DONE, Act, AuditPage, ReadAudit
from shared.requests.devices import Device, ListDevices, ListNewcomers, Newcomer
from shared.requests.media import ListMedia, Medium, MediumKind
from shared.requests.staff import ListStaff, Person
from tests.console.conftest import ConsoleUser
from tests.console.console_hall import decide_on
from tests.memory_link import MemoryLink

LONG = {
    "en": "The waiting room on the second floor, left of the main stairs",
    "de": "Wohnsitzanmeldebestätigungen und Ausländerangelegenheiten I",
    "ru": "Справки о регистрации по месту жительства для иностранцев 1",
    "ar": "شهادات تسجيل الإقامة للأجانب وتجديد تصاريح العمل السنوية هنا",
}
"""About sixty characters, as an office may well call something."""

NAME = "The waiting room on the second floor, left of the main stairs"


def inhabit(link: MemoryLink) -> None:
    """People, devices and an audit behind the hall, with names as long as people give them."""
    at = datetime.now(UTC)
    people = [Person(id=role, login=f"{role}.of.the.whole.house", role=role, hall=None) for role in STAFF_ROLES]
    device = Device(id="d", name=NAME, role=Role.KIOSK, hall="clinic", added_at=at, seen_at=at,
                    address="192.168.100.100", version="1.0.0", paper="unknown")  # fmt: skip
    newcomer = Newcomer(id="n", role=Role.DISPLAY, address="192.168.100.101", version="1.0.0", asked_at=at, expires=at)
    act = Act(id="1", at=at, role="administrator", actor="administrator.of.the.whole.house", address="192.168.100.100",
              act="define-point", about=NAME, outcome=DONE)  # fmt: skip
    medium = Medium(content="0" * 64, name=f"{NAME}.png", kind=MediumKind.PICTURE, size=9_999_999, added_at=at)
    answers: dict[type, Any] = {
        ListMedia: (medium,),
        ListStaff: tuple(people),
        ListDevices: (device,),
        ListNewcomers: (newcomer,),
        ReadAudit: AuditPage(acts=(act,)),
    }
    link.asked.update({request: lambda _, answer=answer: answer for request, answer in answers.items()})
    link.fingerprint = "7QKX 03MB 9YTE HN2C"
    link.do(DefinePrecedence(id="priority", name=LONG, allowance=0))
    decide_on(link, outcomes=("Solved", "Papers missing"), volumes=(Volume(since=time(8), percent=80),))
    page = PlaylistItem(kind=PlaylistKind.PICTURE, content=medium.content, name=medium.name)
    text = PlaylistItem(kind=PlaylistKind.TEXT, text=LONG)
    shown = DisplayLayout.CALLS_AND_MEDIA
    link.do(DefineDisplay(id="door", name=LONG, layout=shown, languages=("en", "ar"), playlist=(page, text)))


def grow(link: MemoryLink, waiting: int) -> None:
    """A large hall: sixty points, thirty services, long names, and very many people."""
    services = [f"s{at}" for at in range(28)]
    for at, service in enumerate(services):
        link.do(DefineService(id=service, prefix=f"L{at}", place=at + 2, name=_numbered(at)))
    for at in range(3, 61):
        link.do(DefinePoint(id=str(at), serial_number=at, name=_numbered(at), services=(services[at % 28], "tests")))
    everything = ("registration", "tests", *services)
    link.do(DefinePoint(id="1", serial_number=1, name=_numbered(1), services=everything))
    for at in range(waiting):
        link.do(IssueTicket(service=everything[at % len(everything)]))


def _numbered(at: int) -> dict[str, str]:
    return {language: f"{name} {at}" for language, name in LONG.items()}


async def every_page(seat: ConsoleUser) -> AsyncIterator[str]:
    """Turn to each page and say which one it is; the last one is the log-in."""
    console = seat.console
    await seat.work("admin")
    yield "nobody at the point"
    console.work_page.open_panel(Action.PAUSE_FOR)
    yield Action.PAUSE_FOR
    console.work_page.close_panel()
    console.work.act(Action.CALL_NEXT)
    await seat.until(lambda: console.work.ready and seat.number)
    yield "somebody called"
    console.work.act(Action.START)
    await seat.until(lambda: console.work.ready and console.work.can(Action.PARK))
    console.work.say("A sentence that takes its room as well.", refusal=True)
    yield "somebody served"
    for action in (Action.TRANSFER, Action.PARK):
        console.work_page.open_panel(action)
        yield action
    console.work_page.close_panel()
    console.show_points()
    yield "points"
    console.show_reception()
    service = console.reception.services[0].id
    console.reception.give(service, None, None, None)
    await seat.until(lambda: console.reception.ready and console.reception.ticket)
    yield "reception"
    console.show_set_up()
    tabs = console.set_up_page.tabs
    for at in range(tabs.count()):
        tabs.setCurrentIndex(at)
        await _read(seat)
        yield f"set-up, {tabs.tabText(at)}"
        console.set_up_page.forget()  # a test may have written there
    console.show_password()
    yield "password"
    console.sign_out()
    yield "log-in"


async def _read(seat: ConsoleUser) -> None:
    """Wait until an opened section has what it reads from the hall."""
    page = seat.console.set_up_page
    wanted = {page.people: lambda: page.people.model.people, page.devices: lambda: page.devices.model.devices,
              page.audit: lambda: page.audit.model.acts, page.media: lambda: page.media.model.media,
              page.displays: lambda: page.displays.preview.is_here}  # fmt: skip
    await seat.until(wanted.get(page.tabs.currentWidget(), lambda: True))
