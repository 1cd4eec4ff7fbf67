"""A kiosk whose hall is away goes on giving numbers where the hall allows it; they are called by the label on paper."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from kiosk.__main__ import main
from kiosk.check import faults
from kiosk.page_timings import PageTimings
from kiosk.printer.printer import Printer
from kiosk.printer.printer_choice import FolderPrinter
from shared.cli import commands
from shared.hall.calling import CallNext
from shared.hall.errors import NotSignedIn, Unreachable
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.hall.set_up import DefineHall, RetireService
from shared.hall.values import Origin
from shared.link.connect import connect
from shared.link.link import Link
from shared.link.outbox import Outbox
from shared.link.outbox_store import OutboxStore, store_for_hall
from shared.settings import Settings, state_path
from shared.ui.station_memory import StationMemory
from tests.backends import Premises
from tests.kiosk.screen import LANDSCAPE, NO_WAIT, PORTRAIT, SMALL, Screen, kiosk
from tests.memory_link import MemoryLink


def allow(link: MemoryLink, **more: object) -> None:
    link.hall = replace(link.hall, settings=replace(link.hall.settings, offline_tickets=True, **more))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    store = OutboxStore(tmp_path / "box")
    yield store
    store.close()


@asynccontextmanager
async def kiosk_without_hall(
    link: MemoryLink,
    store: OutboxStore,
    until,
    printer: Printer | None = None,
    size: QSize = SMALL,
    timings: PageTimings = NO_WAIT,
) -> AsyncIterator[Screen]:
    """A kiosk that knows its hall and has just lost it."""
    async with kiosk(Outbox(link, store, "K1"), until, printer, size, timings, own_series=True) as screen:
        link.unplug()
        await until(lambda: screen.station.away_since)
        yield screen


async def number(screen: Screen, until) -> str:
    await until(lambda: screen.sees("number"))
    return str(screen.item("number").property("text"))


async def test_a_touch_gives_a_number_while_the_hall_is_away(link: MemoryLink, store: OutboxStore, until) -> None:
    allow(link)
    async with kiosk_without_hall(link, store, until) as screen:
        assert screen.sees("registration") and not screen.says("wait")
        screen.click("registration")
        screen.click("paid")
        assert await number(screen, until) == "K1-01"
        assert screen.says("There is no connection right now. Your number is valid: please watch the screen.")
        assert not screen.sees("next"), "nobody knows how many are ahead"
        screen.click("done")
        screen.click("tests")
        assert await number(screen, until) == "K1-02"
        screen.click("done")
        link.plug()
        await until(lambda: len(link.hall.tickets) == 2)
        tickets = {ticket.label: ticket for ticket in link.hall.tickets.values()}
        assert (tickets["K1-01"].service, tickets["K1-01"].precedence) == ("registration", "paid")
        assert {ticket.origin for ticket in tickets.values()} == {Origin.OFFLINE}
        await until(lambda: screen.sees("registration") and screen.says("2 people are ahead of you"))
        screen.click("tests")
        assert await number(screen, until) == "B001"


async def test_the_number_on_the_screen_goes_on_when_the_hall_is_back(
    link: MemoryLink, store: OutboxStore, until
) -> None:
    allow(link)
    link.do(IssueTicket(service="tests"))
    link.do(ActivatePoint(point="2"))
    async with kiosk_without_hall(link, store, until) as screen:
        screen.click("tests")
        assert await number(screen, until) == "K1-01"
        link.plug()
        await until(lambda: screen.visit.ahead == "1 person is ahead of you")
        assert screen.says("Please take a seat.") and not screen.says("We can't reach the hall")
        first = link.do(CallNext(point="2")).result["ticket"]["id"]
        link.do(CallNext(point="2", holding=first))
        await until(lambda: screen.says("Please go to Room 2"))
        assert link.hall.calls[0].label == "K1-01"


async def test_a_double_tap_gives_one_ticket(link: MemoryLink, store: OutboxStore, until) -> None:
    allow(link)
    async with kiosk_without_hall(link, store, until, timings=PageTimings()) as screen:
        await until(screen.model.takes_touch)
        place = screen.middle("tests")
        for _ in range(3):
            QTest.mouseClick(screen.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        assert await number(screen, until) == "K1-01"
        screen.click("done")
        assert screen.sees("number")
        assert [ticket.offline_label for ticket in store.undelivered()] == ["K1-01"]


async def test_a_hall_that_does_not_allow_it_lets_its_kiosk_wait(link: MemoryLink, store: OutboxStore, until) -> None:
    async with kiosk_without_hall(link, store, until) as screen:
        await until(lambda: screen.sees("unavailable"))
        assert store.undelivered() == []


async def test_a_kiosk_without_an_outbox_waits_as_well(link: MemoryLink, until) -> None:
    allow(link)
    async with kiosk(link, until) as screen:
        link.unplug()
        await until(lambda: screen.sees("unavailable"))


async def test_a_kiosk_its_hall_does_not_let_in_gives_nothing(link: MemoryLink, store: OutboxStore, until) -> None:
    allow(link)
    async with kiosk_without_hall(link, store, until) as screen:
        screen.station.refusal = NotSignedIn("Sign in first.")
        screen.station.reachable_changed.emit()
        assert screen.sees("unavailable") and screen.says("Sign in first.")


async def test_a_hall_that_is_closed_by_its_hours_is_closed_also_when_it_is_away(
    link: MemoryLink, store: OutboxStore, until
) -> None:
    allow(link)
    link.hall = replace(link.hall, days={}, services={n: replace(s, on=False) for n, s in link.hall.services.items()})
    async with kiosk_without_hall(link, store, until) as screen:
        await until(lambda: screen.sees("hall-closed"))


async def test_the_paper_says_what_is_known_and_its_code_is_the_tickets(
    link: MemoryLink, store: OutboxStore, until, tmp_path: Path
) -> None:
    allow(link)
    async with kiosk_without_hall(link, store, until, FolderPrinter(tmp_path / "paper")) as screen:
        screen.click("tests")
        await until(lambda: screen.visit.printed)
        paper = screen.visit.paper_ticket()
        assert (paper.label, paper.ahead, paper.service) == ("K1-01", "", "Blood tests")
        assert paper.advice.startswith("Issued without a connection.")
        [code] = zxingcpp.read_barcodes(Image.open(tmp_path / "paper" / "K1-01.png"))
        link.plug()
        await until(lambda: link.hall.tickets)
        token = code.text.rpartition("/")[2]
        assert [one.token_hash for one in link.hall.tickets.values()] == [hashlib.sha256(token.encode()).hexdigest()]


class Deaf(MemoryLink):
    """A hall that executes commands while its answers get lost."""

    deaf = True

    def do(self, command: Command) -> Accepted:
        answer = super().do(command)
        if self.deaf:
            raise Unreachable("The answer got lost.")
        return answer


async def test_who_leaves_an_uncertain_ticket_may_take_one_of_the_kiosk(
    link: MemoryLink, store: OutboxStore, until
) -> None:
    allow(link)
    lossy = Deaf(link.hall)
    async with kiosk(Outbox(lossy, store, "K1"), until, own_series=True) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("unreachable"))
        lossy.unplug()
        await until(lambda: screen.station.away_since)
        assert screen.sees("unreachable"), "the hall may have given that ticket: it is asked again, not doubled"
        screen.click("other")
        screen.click("tests")
        assert await number(screen, until) == "K1-01"
        screen.click("done")
        lossy.deaf = False
        lossy.plug()
        await until(lambda: [ticket.label for ticket in lossy.hall.tickets.values()] == ["K1-01"])


async def test_a_disk_that_takes_nothing_is_said_and_promises_nothing(link: MemoryLink, until, tmp_path: Path) -> None:
    allow(link)
    (tmp_path / "box").write_text("a file where a folder should be")
    async with kiosk_without_hall(link, OutboxStore(tmp_path / "box"), until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("refused"))
        assert screen.says("This kiosk can't give a number right now: please ask the staff.")


async def test_a_kiosk_switched_on_while_its_hall_is_away_remembers_it(
    link: MemoryLink, store: OutboxStore, until, tmp_path: Path
) -> None:
    allow(link)
    memory = StationMemory(tmp_path, "memory")
    memory.save(link.hall)
    link.unplug()
    async with kiosk(Outbox(link, store, "K1", memory.load()), until, own_series=True, memory=memory) as screen:
        await until(lambda: screen.station.away_since)
        screen.click("tests")
        assert await number(screen, until) == "K1-01"


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SMALL], ids=["landscape", "portrait", "small"])
@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
async def test_nothing_of_the_ticket_is_cut_off(
    link: MemoryLink, store: OutboxStore, until, size: QSize, language: str
) -> None:
    allow(link)
    async with kiosk_without_hall(link, store, until, size=size) as screen:
        screen.click(f"language {language}")
        screen.click("tests")
        assert await number(screen, until) == "K1-01"
        screen.lay_out()
        for text in screen.texts():
            assert text.property("truncated") is False
            assert text.property("paintedWidth") <= text.width() + 1, text.property("text")
            assert text.property("paintedHeight") <= text.height() + 1, text.property("text")


# ── with everything real ──


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    """A clinic that lets its kiosks go on alone, with a backend that serves it."""
    there = Premises(tmp_path)
    there.serve()
    admin = there.admin()
    settings = admin.snapshot().settings
    known = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    admin.do(DefineHall(**{**known, "offline_tickets": True}))
    admin.do(ActivatePoint(point="3"))
    admin.close()
    yield there
    there.stop()


@pytest.fixture
def kiosk_link(premises: Premises) -> Link:
    """That of a kiosk."""
    return connect(premises.base, token=premises.device(Role.KIOSK), role=Role.KIOSK)


async def test_a_backend_that_dies_finds_every_ticket_of_the_meantime_once(
    premises: Premises, kiosk_link: Link, store: OutboxStore, until
) -> None:
    async with kiosk(Outbox(kiosk_link, store, "K2"), until, own_series=True) as screen:
        premises.kill()
        await until(lambda: screen.station.away_since)
        for taken in ("K2-01", "K2-02"):
            screen.visit.begin("doctor", None, "en")
            assert await number(screen, until) == taken
            screen.model.restart()
        premises.serve()
        await until(lambda: not store.undelivered())
        admin = premises.admin()
        assert sorted(ticket.label for ticket in admin.snapshot().tickets.values()) == ["K2-01", "K2-02"]
        assert admin.do(CallNext(point="3")).result["ticket"]["label"] == "K2-01"
        await until(lambda: [call.label for call in screen.station.hall.calls] == ["K2-01"])
        admin.close()


# ── what an administrator hears ──


def test_a_series_that_is_none_is_one_line_and_ends_with_1(tmp_path: Path, capsys) -> None:
    file = tmp_path / "nowserving.toml"
    file.write_text('hall = "http://127.0.0.1:9"\noffline_series = "kiosk one"\n')
    assert main(["--config", str(file)]) == 1
    assert "offline_series must be one to four capital letters or digits" in capsys.readouterr().err
    [said] = faults(Settings(offline_series="kiosk one"))
    assert said.startswith("offline_series must be")


async def test_check_tells_of_numbers_on_paper_that_are_not_in_the_hall(
    link: MemoryLink, until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.check.state_path", lambda: tmp_path)
    assert list(faults(Settings())) == []
    allow(link)
    store = store_for_hall(tmp_path, "http://hall")
    async with kiosk_without_hall(link, store, until) as screen:
        for service in ("tests", "registration"):
            screen.visit.begin(service, None, "en")
            await number(screen, until)
            screen.model.restart()
        [waiting] = faults(Settings())
        assert "(K1-01, K1-02)" in waiting and "are not delivered yet" in waiting
        link.meanwhile(RetireService(service="tests"))
        link.plug()
        await until(lambda: not store.undelivered())
        [refused] = faults(Settings())
        assert refused.startswith("Nobody will call K1-01") and "tests" in refused


def test_check_says_that_the_numbers_could_not_be_read_until_that_file_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = state_path() / "outbox-0" / "tickets.db"
    file.parent.mkdir(parents=True)
    file.write_text("no database, " * 1000)
    premises = Premises(tmp_path)
    for _ in range(2):
        assert commands.main(["check", "--database", premises.database]) == 1
        assert "tickets.db.damaged-" in capsys.readouterr().err
    next(file.parent.glob("*.damaged-*")).unlink()
    commands.main(["check", "--database", premises.database])
    assert "damaged" not in capsys.readouterr().err
