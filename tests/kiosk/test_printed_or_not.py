"""A ticket counts as printed only if its printer says so afterwards; else people and staff are told the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.__main__ import show
from kiosk.page_timings import PageTimings
from kiosk.printer import escpos_printer, escpos_replies
from kiosk.printer.escpos_printer import EscposPrinter
from kiosk.printer.printer import Paper, Printed, Printer
from kiosk.printer.printer_choice import FolderPrinter, printer_for
from kiosk.printer.ticket_image import draw
from kiosk.printer.unprinted_tickets import UnprintedTickets
from shared.requests.devices import ReportState
from shared.requests.request import Done
from shared.settings import Settings
from shared.ui import device_report
from shared.ui.device_report import DeviceReports
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory
from tests.kiosk.fake_printer import FakePrinter
from tests.kiosk.screen import kiosk
from tests.kiosk.test_printing import ENGLISH
from tests.memory_link import MemoryLink

NO_PATIENCE = (
    (escpos_replies, "REPLY_TIMEOUT", 0.2),
    (escpos_printer, "PRINT_TIMEOUT", 0.5),
    (escpos_printer, "SETTLE_TIME", 0.2),
    (escpos_printer, "SEND_TIMEOUT", 0.5),
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short timeouts, for printers that never answer."""
    for module, name, seconds in NO_PATIENCE:
        monkeypatch.setattr(module, name, seconds)


def printed(printer: Printer) -> Printed:
    return printer.print_ticket(draw(ENGLISH, 80), "A042")


def at(device: FakePrinter, file: Path | None = None) -> UnprintedTickets:
    return UnprintedTickets(EscposPrinter("127.0.0.1", device.port), file)


@pytest.mark.parametrize(
    ("then", "became"),
    [
        pytest.param({"cover_open": True}, Printed.NOT_READY, id="says off line, its cover is open"),
        pytest.param({"paper": "out"}, Printed.NO_PAPER, id="says that the paper is at its end"),
        pytest.param({"stuck": True, "cover_open": True}, Printed.NOT_READY, id="stops with its cover open"),
    ],
)
def test_a_printer_in_trouble_right_after_the_picture_gives_the_reason(qapp, then, became: Printed) -> None:
    with FakePrinter(then=then) as device:
        printer = at(device)
        assert printed(printer) is became
        assert printer.unprinted == "A042"
        assert len(device.tickets) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"then": {"mute": True}}, id="takes the picture and answers nothing more"),
        pytest.param({"then": {"hung_up": True}}, id="closes the line after the picture"),
        pytest.param({"takes": 3000}, id="reads a part and stops"),
        pytest.param({"garbles": b"\xff\x81HTTP/1.1 400 Bad Request\r\n"}, id="answers what means nothing"),
        pytest.param({"then": {"garbles": b"\xff\x81\x00"}}, id="answers what means nothing after the picture"),
        pytest.param({"mute": True}, id="never answered anything"),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_a_printer_that_does_not_say_it_has_perhaps_printed(qapp, trouble) -> None:
    with FakePrinter(**trouble) as device:
        printer = at(device)
        assert printed(printer) is Printed.PERHAPS
        assert printer.unprinted == "A042"
        assert len(device.tickets) <= 1, "nothing is printed twice by itself"


@pytest.mark.usefixtures("impatient")
def test_a_line_closed_in_the_middle_of_the_picture_is_perhaps(qapp) -> None:
    with FakePrinter(tears=True) as device:
        assert printed(at(device)) is Printed.PERHAPS
        assert not device.tickets


def test_a_line_closed_before_anything_was_sent_is_no_answer(qapp) -> None:
    with FakePrinter(hung_up=True) as device:
        assert printed(at(device)) is Printed.NO_ANSWER


@pytest.mark.usefixtures("impatient")
def test_all_is_well_said_at_once_is_not_yet_printed_where_the_printer_answers_in_turn(qapp) -> None:
    """The real-time status overtakes the picture, which may still be in the printer's buffer."""
    with FakePrinter() as device:
        printer = at(device)
        assert printed(printer) is Printed.YES
        device.then = {"stuck": True}
        assert printed(printer) is Printed.PERHAPS
        device.stuck, device.then = False, {}
        assert printed(printer) is Printed.YES
        assert printer.unprinted == ""


@pytest.mark.parametrize(
    ("queued", "became", "paper"),
    [
        ("out", Printed.NO_PAPER, Paper.OUT),
        ("out, and no sensor before", Printed.NO_PAPER, Paper.OUT),
        ("low", Printed.YES, Paper.LOW),
    ],
)
def test_what_a_printer_says_of_its_paper_after_the_cut_counts_although_it_says_ok_at_once(
    qapp, queued: str, became: Printed, paper: Paper
) -> None:
    with FakePrinter(queued_paper=queued) as device:
        printer = at(device)
        assert printed(printer) is became
        assert printer.paper is paper


@pytest.mark.usefixtures("impatient")
def test_a_printer_that_never_answers_in_turn_is_believed_when_all_is_well_a_little_later(qapp) -> None:
    with FakePrinter(answers_queued=False) as device:
        printer = at(device)
        assert printed(printer) is Printed.YES
        device.then = {"paper": "out"}
        assert printed(printer) is Printed.NO_PAPER


AUTOMATIC = bytes([0b0001_0000, 0, 0, 0])
UNASKED = pytest.mark.parametrize("unasked", [AUTOMATIC, b"\x12", b"\x11", b"\x00", AUTOMATIC + b"\x16"], ids=bytes.hex)


@UNASKED
def test_what_a_printer_says_unasked_is_passed_over(qapp, unasked: bytes) -> None:
    with FakePrinter(unasked=unasked) as device:
        assert printed(at(device)) is Printed.YES


@UNASKED
@pytest.mark.usefixtures("impatient")
def test_what_a_printer_says_unasked_is_no_answer(qapp, unasked: bytes) -> None:
    with FakePrinter(unasked=unasked, then={"mute": True}) as device:
        assert printed(at(device)) is Printed.PERHAPS


def test_a_printer_that_thinks_for_a_second_and_a_half_is_waited_for(qapp) -> None:
    with FakePrinter(late=1.5, paper="low") as device:
        assert at(device).ask() is Paper.LOW


def test_a_slow_printer_is_believed_when_it_answers(qapp) -> None:
    with FakePrinter(late=0.3) as device:
        assert printed(at(device)) is Printed.YES


def test_a_printer_that_was_switched_off_and_on_prints_the_next_ticket(qapp) -> None:
    with FakePrinter() as device:
        printer = at(device)
        assert printed(printer) is Printed.YES
        device.switch_off_and_on()
        assert printed(printer) is Printed.YES
        assert len(device.tickets) == 2


def test_a_folder_says_which_ticket_it_could_not_save(qapp, tmp_path) -> None:
    (tmp_path / "file").touch()
    folder = UnprintedTickets(FolderPrinter(tmp_path / "file"), None)
    folder.print_ticket(draw(ENGLISH, 80), "A042")
    assert folder.unprinted == "A042"


def test_a_kiosk_that_is_started_again_still_says_which_ticket_may_not_be_printed(qapp, tmp_path: Path) -> None:
    file = tmp_path / "state" / "unprinted"
    with FakePrinter(then={"cover_open": True}) as device:
        assert printed(at(device, file)) is Printed.NOT_READY
        assert at(device, file).unprinted == "A042"
        assert file.stat().st_mode & 0o777 == 0o600
        device.cover_open, device.then = False, {}
        assert printed(at(device, file)) is Printed.YES
        assert at(device, file).unprinted == ""


def test_a_number_is_on_the_kiosks_disk_before_anything_is_sent(qapp, tmp_path: Path) -> None:
    """A kiosk may be switched off while it prints."""
    kept: list[str] = []

    class Looking(FolderPrinter):
        def print_ticket(self, picture: QImage, label: str) -> Printed:
            kept.append(UnprintedTickets(self, tmp_path / "unprinted").unprinted)
            return super().print_ticket(picture, label)

    looking = UnprintedTickets(Looking(tmp_path), tmp_path / "unprinted")
    assert printed(looking) is Printed.YES
    assert kept == ["A042"] and looking.unprinted == ""


@pytest.mark.usefixtures("impatient")
async def test_staff_see_which_ticket_may_not_be_printed_after_the_kiosk_was_started_again(
    link: MemoryLink, until, tmp_path: Path
) -> None:
    heard: list[str] = []
    link.asked[ReportState] = lambda state: heard.append(state.unprinted) or Done()

    async def starts_and_says(label: str) -> None:
        station = Station(link, StationMemory(tmp_path, "here"))
        shown = show(station, Settings(printer=device.setting, full_screen=False), None)
        station.start()
        await until(lambda: heard)
        assert heard.pop() == label
        await until(lambda: shown.model.page == "services" and shown.model.takes_touch())
        shown.model.choose_service("tests")
        await until(lambda: shown.model.visit.unprinted)
        station.stop()
        shown.close()

    with FakePrinter(mute=True) as device:
        await starts_and_says("")
        heard.clear()
        await starts_and_says("B001")


def test_what_is_kept_of_a_ticket_and_is_no_number_is_passed_over(qapp, tmp_path: Path) -> None:
    with FakePrinter() as device:
        for rubbish in (b"", b"\xff\xfe", b"<b>A042</b>", b"A" * 17):
            (tmp_path / "unprinted").write_bytes(rubbish)
            assert at(device, tmp_path / "unprinted").unprinted == ""


def test_a_disk_that_takes_nothing_keeps_nobody_from_a_ticket(qapp, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with FakePrinter() as device:
        assert printed(at(device, tmp_path / "file" / "unprinted")) is Printed.YES


@pytest.mark.usefixtures("impatient")
async def test_a_number_that_is_perhaps_printed_stays_on_the_screen_and_is_printed_again_when_asked(
    link: MemoryLink, until
) -> None:
    with FakePrinter(then={"mute": True}) as device:
        async with kiosk(link, until, printer_for(device.setting), timings=PageTimings(ticket=20, settle=0)) as screen:
            screen.click("tests")
            await until(lambda: screen.says("If no ticket comes out: remember or photograph your number"))
            assert screen.model.countdown.span == 60
            device.mute, device.then = False, {}
            screen.click("print again")
            await until(lambda: screen.says("Printed: please take your ticket"))
            assert screen.model.countdown.span == 20
            assert screen.sees("number") and not screen.sees("print again")
            assert len(device.tickets) == 2 and len(link.hall.tickets) == 1


@pytest.mark.usefixtures("impatient")
async def test_the_number_does_not_go_while_nobody_knows_yet_whether_it_is_printed(link: MemoryLink, until) -> None:
    with FakePrinter(late=0.15) as device:
        async with kiosk(link, until, printer_for(device.setting), timings=PageTimings(ticket=20, settle=0)) as screen:
            screen.click("tests")
            await until(lambda: screen.says("Your ticket is being printed"))
            assert screen.model.countdown.span == 60
            await until(lambda: screen.says("Printed: please take your ticket"))
            assert screen.model.countdown.span == 20


@pytest.mark.usefixtures("impatient")
async def test_staff_see_which_ticket_may_not_be_printed_until_one_is(
    link: MemoryLink, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_report, "COMPARE_EVERY", 50)
    heard: list[str] = []
    link.asked[ReportState] = lambda state: heard.append(state.unprinted) or Done()
    with FakePrinter(then={"mute": True}) as device:
        printer = at(device)
        async with kiosk(link, until, printer) as screen:
            DeviceReports(screen.station, printer)
            screen.click("tests")
            await until(lambda: heard and heard[-1] == "B001")
            screen.click("done")
            device.mute, device.then = False, {}
            screen.click("tests")
            await until(lambda: heard[-1] == "")
