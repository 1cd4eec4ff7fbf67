"""A draft about a visit outlives a crash of the console, is shown to its author alone, and ends with the visit."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.point_state import Draft
from console.work.drafts import DraftedVisit, Drafts
from shared.hall.calling import CallNext, CallTicket
from shared.hall.errors import Invalid, Refused, TooLate, UnknownTicket, Unreachable
from shared.hall.serving import FinishService
from shared.requests.contacts import EraseTicket
from shared.requests.request import Done
from shared.requests.specialists import KeepNote
from tests.console.console_hall import decide_on, ticket
from tests.memory_link import MemoryLink

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

ISOLATED = {0x2068: None, 0x2069: None}
"""What keeps the direction of a note to itself."""


async def begin_visit(seat, login: str = "reception"):
    await seat.work(login)
    while seat.main_button != "Finish and call next":
        await seat.press(Qt.Key.Key_F5)
    return seat.console.work_page.customer.outcome_and_note


def kept(folder: Path) -> list[str]:
    return [file.read_text("utf-8") for file in sorted(folder.rglob("drafts/*.json"))]


async def dies(seat) -> None:
    """As if the machine had lost its power: nothing is tidied up any more."""
    await seat.until(lambda: not seat.console.work._save_timer.isActive())
    seat.console.station.actor = None


async def test_a_note_that_was_being_typed_stands_there_again_after_a_crash(sit_down, busy, tmp_path) -> None:
    decide_on(busy, outcomes=("Solved", "Papers missing"))
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_2)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "came with a dog")
        await seat.until(lambda: any("came with a dog" in text for text in kept(tmp_path)))
        [file] = tmp_path.rglob("drafts/*.json")
        assert [stat.S_IMODE(one.stat().st_mode) for one in (file, file.parent)] == [0o600, 0o700]
        await dies(seat)
    async with sit_down(tmp_path) as again:
        visit = await begin_visit(again)
        assert (visit.note.text(), visit.outcome.currentText()) == ("came with a dog", "2  Papers missing")
        await again.press(Qt.Key.Key_F2)
        await again.until(lambda: not kept(tmp_path))
        assert ticket(busy, "A001").outcome == "Papers missing"


async def test_nobody_else_sees_it_and_no_other_customer_gets_it(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "Mrs A")
        await seat.until(lambda: kept(tmp_path))
        await dies(seat)
    async with sit_down(tmp_path) as other:
        visit = await begin_visit(other, "boris")
        assert (other.number, visit.note.text()) == ("A001", "")
        await dies(other)
    busy.do(FinishService(point="1", ticket=ticket(busy, "A001").id))
    busy.do(CallNext(point="1"))
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        assert (seat.number, visit.note.text()) == ("B001", "")
        assert kept(tmp_path) == []


async def test_a_reason_to_park_outlives_a_crash_too(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        await begin_visit(seat)
        await seat.press(Qt.Key.Key_F8)
        QTest.keyClicks(seat.console.work_page.park.reason, "fetches a form")
        await seat.until(lambda: any("fetches a form" in text for text in kept(tmp_path)))
        await dies(seat)
    async with sit_down(tmp_path) as again:
        await begin_visit(again)
        await again.press(Qt.Key.Key_F8)
        assert again.console.work_page.park.reason.text() == "fetches a form"


async def test_enter_gives_the_note_to_the_hall_at_once(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "came alone")
        await seat.press(Qt.Key.Key_Return, at=visit.note)
        await seat.until(lambda: "came alone" in seat.console.work_page.customer.facts.text())
        assert visit.note.text() == "" and [note.text for note in busy.kept] == ["came alone"]
        await seat.until(lambda: not kept(tmp_path))


async def confirm(seat, *notes: str) -> None:
    visit = seat.console.work_page.customer.outcome_and_note
    for text in notes:
        QTest.keyClick(seat.console.window, Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, text)
        QTest.keyClick(visit.note, Qt.Key.Key_Return)


async def test_notes_the_hall_did_not_get_are_said_to_be_missing_and_kept_once_it_is_back(
    sit_down, busy, tmp_path
) -> None:
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        busy.plugged = False
        await confirm(seat, "came alone", "has a form")
        await seat.until(lambda: seat.sentence and visit.unsent.isVisible())
        facts = seat.console.work_page.customer.facts.text()
        assert "“came alone” · “has a form”" in facts.translate(ISOLATED)
        assert visit.note.text() == ""
        busy.plug()
        await seat.until(lambda: not visit.unsent.isVisible())
        assert [note.text for note in busy.kept] == ["came alone", "has a form"]
        assert list(tmp_path.rglob("drafts/*")) == []


async def test_a_confirmed_note_outlives_a_console_that_dies_before_its_hall_answers(sit_down, busy, tmp_path) -> None:
    answers, asked = Event(), []

    def hangs(note: KeepNote) -> Done:
        asked.append(note)
        answers.wait()
        raise Unreachable("The hall did not answer.")

    usual, busy.asked[KeepNote] = busy.asked[KeepNote], hangs
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await confirm(seat, "came alone", "has a form")
        await seat.until(lambda: asked and visit.unsent.isVisible())
        await dies(seat)
    busy.asked[KeepNote] = usual
    async with sit_down(tmp_path) as again:
        visit = await begin_visit(again)
        await again.until(lambda: len(busy.kept) == 2 and not visit.unsent.isVisible())
        assert [note.text for note in busy.kept] == ["came alone", "has a form"]
        assert asked[0] == busy.kept[0] and visit.note.text() == ""
        assert list(tmp_path.rglob("drafts/*")) == []
    answers.set()


async def test_a_note_the_hall_will_not_keep_is_in_its_field_again(sit_down, busy, tmp_path) -> None:
    def refuses(_: KeepNote) -> Done:
        raise Invalid("A text holds characters that can't be shown.")

    busy.asked[KeepNote] = refuses
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await confirm(seat, "came alone")
        await seat.until(lambda: visit.note.text() == "came alone")
        assert not visit.unsent.isVisible() and "can't be shown" in seat.sentence


async def die_with_a_note(seat, link: MemoryLink) -> None:
    """Sue confirms a note the hall does not get, and her console dies."""
    await begin_visit(seat, "sue")
    link.unplug()
    await confirm(seat, "came alone")
    await seat.until(seat.console.work_page.customer.outcome_and_note.unsent.isVisible)
    await dies(seat)


async def sign_out(seat) -> None:
    QTest.keyClick(seat.console.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await seat.until(lambda: seat.console.page is seat.console.log_in_page)


async def test_a_confirmed_note_is_kept_though_a_colleague_ended_its_visit_meanwhile(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        await die_with_a_note(seat, busy)
    busy.plug()
    async with sit_down(tmp_path) as again:
        await begin_visit(again, "sam")
        await again.press(Qt.Key.Key_F2)
        await sign_out(again)
        assert busy.kept == []
        await again.sign_in("sue")
        await again.until(lambda: [note.text for note in busy.kept] == ["came alone"])
        await again.until(lambda: not list(tmp_path.rglob("drafts/*.note")))
        assert not again.console.window.refused_note.isVisible()


@pytest.mark.parametrize("why", [TooLate, UnknownTicket])
async def test_whoever_wrote_a_note_the_hall_no_longer_takes_reads_it_on_any_page_and_only_then_it_goes(
    sit_down, busy, tmp_path, why: type[Refused]
) -> None:
    def refuses(_: KeepNote) -> Done:
        raise why("This visit is over: nothing more is kept about its customer.")

    async with sit_down(tmp_path) as seat:
        await die_with_a_note(seat, busy)
    busy.plug()
    busy.do(FinishService(point="1", ticket=ticket(busy, "A001").id))
    with busy.news:
        busy.hall = replace(busy.hall, ended=())  # long after the visit
    busy.asked[KeepNote] = refuses
    async with sit_down(tmp_path) as again:
        console, strip = again.console, again.console.window.refused_note
        for login in ("sue", "sam", "sue"):  # who signs out without having read it is told again
            await again.sign_in(login)
            await again.until(lambda: console.page is not console.log_in_page and console.work.hall)
            await again.until(lambda login=login: strip.isVisible() is (login == "sue"))
            console.show_reception()
            assert strip.isVisible() is (login == "sue")
            await sign_out(again)
            assert not strip.isVisible()
        await again.sign_in("sue")
        await again.until(strip.isVisible)
        assert strip.says.text().translate(ISOLATED) == "The hall no longer accepts this note about A001: “came alone”"
        assert list(tmp_path.rglob("drafts/*.note"))
        QTest.keyClick(console.window, Qt.Key.Key_N, CTRL_SHIFT)
        assert not strip.isVisible() and list(tmp_path.rglob("drafts/*.note")) == []


async def test_to_forget_the_customer_forgets_notes_the_hall_has_not_got(sit_down, busy, tmp_path) -> None:
    busy.asked[EraseTicket] = lambda _: Done()
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat, "admin")
        busy.plugged = False
        await confirm(seat, "Mrs A")
        await seat.until(visit.unsent.isVisible)
        seat.console.work.erase(ticket(busy, "A001").id)
        assert list(tmp_path.rglob("drafts/*")) == [] and not visit.unsent.isVisible()
        busy.plug()


async def test_what_a_transfer_took_along_is_not_there_to_be_kept_twice(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "has fasted")
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClicks(panel.search, "blood")
        await seat.press(Qt.Key.Key_Return, at=panel.search)
        busy.do(CallTicket(point="1", ticket=ticket(busy, "A001").id))
        await seat.until(lambda: "“has fasted”" in seat.console.work_page.customer.facts.text())
        assert (seat.number, visit.note.text()) == ("A001", "")
        assert kept(tmp_path) == []


async def test_a_note_is_not_lost_when_its_customer_is_sent_back_or_did_not_come(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        for key in (Qt.Key.Key_F8, Qt.Key.Key_F9):
            await seat.press(Qt.Key.Key_F5)
            await seat.press(Qt.Key.Key_F4)
            QTest.keyClicks(seat.console.work_page.customer.outcome_and_note.note, f"note {int(key)}")
            await seat.press(key)
        assert [note.text for note in busy.kept] == [f"note {int(key)}" for key in (Qt.Key.Key_F8, Qt.Key.Key_F9)]


async def test_to_forget_the_customer_forgets_what_was_being_typed(sit_down, busy, tmp_path) -> None:
    busy.asked[EraseTicket] = lambda _: Done()
    async with sit_down(tmp_path) as seat:
        visit = await begin_visit(seat, "admin")
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "Mrs A")
        await seat.until(lambda: kept(tmp_path))
        seat.console.reception.erase(ticket(busy, "A001"))
        await seat.until(lambda: not kept(tmp_path))
        assert visit.note.text() == ""


@pytest.mark.parametrize("text", ["", "{", '{"hall": 1}', "[]", "[" * 100_000], ids=lambda text: text[:9])
def test_what_can_not_be_read_is_put_aside_as_long_as_a_draft_may_last(tmp_path: Path, text: str) -> None:
    """It may be the only note of a visit, and it may name somebody."""
    for name in ("x.json", "x.note"):
        (tmp_path / name).write_text(text, "utf-8")
    Drafts(tmp_path)
    aside = sorted(tmp_path.iterdir())
    assert [file.name.partition(".damaged-")[0] for file in aside] == ["x.json", "x.note"]
    Drafts(tmp_path)
    assert sorted(tmp_path.iterdir()) == aside
    os.utime(aside[0], (0, 0))
    Drafts(tmp_path)
    assert sorted(tmp_path.iterdir()) == aside[1:]
    Drafts(tmp_path).forget("t1")
    assert list(tmp_path.iterdir()) == [], "nobody can tell whom it names"


def test_a_full_disk_leaves_no_half_of_a_note(tmp_path: Path) -> None:
    visit = DraftedVisit("clinic", "ann", "t1")
    Drafts(tmp_path).keep(visit, Draft(note="Mrs A"))
    [file] = tmp_path.iterdir()
    file.unlink()
    file.mkdir()  # nothing can take its place
    drafts = Drafts(tmp_path)
    drafts.keep(visit, Draft(note="Mrs A and her son"))
    assert list(tmp_path.glob("*.part")) == []


def test_what_a_killed_console_left_half_written_goes_at_the_start_and_with_the_customer(tmp_path: Path) -> None:
    half = tmp_path / ".0.1.part"
    half.write_text("Mrs A", "utf-8")
    drafts = Drafts(tmp_path)
    assert not half.exists()
    half.write_text("Mrs A", "utf-8")
    drafts.forget("t1")
    assert not half.exists()
