"""Paper tickets: drawn once, right in every script; sent to a folder or to a printer that may be in trouble."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage

from kiosk.printer.escpos_printer import EscposPrinter
from kiosk.printer.printer import Paper, Printed
from kiosk.printer.printer_choice import FolderPrinter, printer_for
from kiosk.printer.ticket_image import PaperTicket, draw
from shared.hall.errors import Unfit
from tests.kiosk.fake_printer import FakePrinter
from tests.kiosk.screen import kiosk
from tests.memory_link import MemoryLink

PAGE = "https://queue.example.org/t/0123456789abcdefghijklmnopqrstuv"

ENGLISH = PaperTicket(
    hall="City Clinic",
    label="A042",
    service="Registration",
    ahead="7 people are ahead of you",
    time="22 November 2026 · 09:30",
    advice="Please watch the screen for your number.",
    address=PAGE,
    follow="Follow your place in the queue on your phone",
)


def read_back(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]


def as_image(picture: QImage) -> Image.Image:
    size = (picture.width(), picture.height())
    return Image.frombytes("L", size, bytes(picture.constBits()), "raw", "L", picture.bytesPerLine())


@pytest.mark.parametrize(("paper", "dots"), [(80, 576), (58, 384)])
def test_a_ticket_is_as_wide_as_the_paper_and_its_code_can_be_read(qapp, paper: int, dots: int) -> None:
    picture = as_image(draw(ENGLISH, paper))
    assert picture.width == dots
    assert read_back(picture) == [PAGE]
    assert {grey for _, grey in picture.getcolors()} == {0, 255}


@pytest.mark.parametrize("paper", [80, 58])
def test_nothing_on_a_ticket_touches_its_edges(qapp, paper: int) -> None:
    for words in ("Registration", "Регистратура и выдача документов", "التسجيل وإصدار المستندات"):
        picture = as_image(draw(PaperTicket(**{**vars(ENGLISH), "service": words, "label": "WWW999"}), paper))
        left, top, right, bottom = Image.eval(picture, lambda dot: 255 - dot).getbbox()
        assert left > 2 and top > 2 and right < picture.width - 2 and bottom < picture.height - 2


def test_the_number_is_the_largest_thing_on_the_paper(qapp) -> None:
    picture = as_image(draw(PaperTicket(**{**vars(ENGLISH), "address": ""}), 80))
    heights = sorted(heights_of_lines(picture))
    assert heights[-1] > 2.5 * heights[-2]


def heights_of_lines(picture: Image.Image) -> list[int]:
    """Of the runs of rows with something black in them."""
    black = [picture.crop((0, row, picture.width, row + 1)).getextrema()[0] == 0 for row in range(picture.height)]
    runs = "".join("#" if row else " " for row in black).split()
    return [len(run) for run in runs]


def test_a_folder_gets_a_picture_and_a_page_of_each_ticket(qapp, tmp_path: Path) -> None:
    folder = tmp_path / "tickets"
    assert FolderPrinter(folder).print_ticket(draw(ENGLISH, 80), "A042") is Printed.YES
    assert read_back(Image.open(folder / "A042.png")) == [PAGE]
    assert (folder / "A042.pdf").read_bytes().startswith(b"%PDF")


def test_a_folder_that_cannot_be_written_is_no_answer(qapp, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert FolderPrinter(tmp_path / "file").print_ticket(draw(ENGLISH, 80), "A042") is Printed.NO_ANSWER


@pytest.mark.parametrize("paper", [80, 58])
def test_a_network_printer_prints_the_very_same_picture(qapp, until, paper: int) -> None:
    picture = draw(ENGLISH, paper)
    with FakePrinter() as device:
        printer = printer_for(device.setting)
        assert printer.print_ticket(picture, "A042") is Printed.YES
        assert [ticket.convert("L").tobytes() for ticket in device.tickets] == [as_image(picture).tobytes()]
        assert read_back(device.tickets[0]) == [PAGE]


def test_low_paper_still_prints(qapp) -> None:
    with FakePrinter(paper="low") as device:
        printer = EscposPrinter("127.0.0.1", device.port)
        assert printer.print_ticket(draw(ENGLISH, 80), "A042") is Printed.YES
        assert printer.paper is Paper.LOW


@pytest.mark.parametrize(
    ("trouble", "said", "printed"),
    [
        ({"paper": "out"}, Printed.NO_PAPER, 0),
        ({"then": {"paper": "out"}}, Printed.NO_PAPER, 1),
        ({"cover_open": True}, Printed.NOT_READY, 0),
        ({"mute": True}, Printed.PERHAPS, 1),
    ],
)
def test_a_printer_in_trouble_says_which(qapp, trouble: dict[str, object], said: Printed, printed: int) -> None:
    with FakePrinter(**trouble) as device:
        assert EscposPrinter("127.0.0.1", device.port).print_ticket(draw(ENGLISH, 80), "A042") is said
        while len(device.tickets) < printed:  # it prints while we have gone on
            pass
        assert len(device.tickets) == printed


def test_a_printer_that_is_switched_off_does_not_answer(qapp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert EscposPrinter("127.0.0.1", port).print_ticket(draw(ENGLISH, 80), "A042") is Printed.NO_ANSWER


def test_the_setting_chooses_the_printer(tmp_path: Path) -> None:
    assert printer_for("none") is None
    assert isinstance(printer_for(f"file:{tmp_path}"), FolderPrinter)
    assert isinstance(printer_for("tcp://printer"), EscposPrinter)
    for wrong in ("usb", "tcp://", "tcp://printer:many"):
        with pytest.raises(Unfit, match="There is no printer"):
            printer_for(wrong)
    with pytest.raises(Unfit, match="80 or 58"):
        printer_for("none", 70)


async def test_a_ticket_from_the_screen_comes_out_on_paper_with_its_page(link: MemoryLink, until, tmp_path) -> None:
    async with kiosk(link, until, FolderPrinter(tmp_path)) as screen:
        screen.click("tests")
        await until(lambda: screen.says("Printed: please take your ticket"))
        assert read_back(Image.open(tmp_path / "B001.png")) == [screen.visit.address]


async def test_the_code_on_the_screen_leads_to_the_same_page(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        shown = screen.window.grabWindow().convertToFormat(QImage.Format.Format_Grayscale8)
        assert read_back(as_image(shown)) == [screen.visit.address]


async def test_a_ticket_without_paper_stays_on_the_screen_and_can_be_printed_again(link: MemoryLink, until) -> None:
    with FakePrinter(paper="out") as device:
        async with kiosk(link, until, printer_for(device.setting)) as screen:
            screen.click("tests")
            await until(lambda: screen.says("The printer has no paper: remember or photograph your number"))
            assert screen.item("number").property("text") == "B001"
            device.paper = "ok"
            screen.click("print again")
            await until(lambda: screen.says("Printed: please take your ticket"))
            assert len(device.tickets) == 1 and len(link.hall.tickets) == 1


async def test_a_slow_printer_does_not_hold_up_the_screen(link: MemoryLink, until) -> None:
    slow = SlowPrinter()
    async with kiosk(link, until, slow) as screen:
        screen.click("tests")
        await until(lambda: screen.says("Your ticket is being printed"))
        screen.click("done")
        screen.click("tests")
        await until(lambda: screen.sees("number") and screen.visit.label == "B002")
        slow.go.set()
        await until(lambda: screen.says("Printed: please take your ticket"))
        assert slow.labels == ["B001", "B002"]


class SlowPrinter:
    def __init__(self) -> None:
        self.go = threading.Event()
        self.labels: list[str] = []

    def print_ticket(self, picture: QImage, label: str) -> Printed:
        self.go.wait(10)
        self.labels.append(label)
        return Printed.YES
