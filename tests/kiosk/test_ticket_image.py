"""The ticket's picture holds every word whole, however long, and nothing that was never drawn."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter

from kiosk.printer.ticket_image import PaperTicket, draw
from tests.kiosk.test_printing import ENGLISH, as_image, read_back

PAPERS = pytest.mark.parametrize("paper", [80, 58])
WORDS = ("hall", "service", "ahead", "advice", "time", "follow")
NASTY = {
    "one long word": "Wohnsitzanmeldebestätigung",
    "a longer one": "Grundstücksverkehrsgenehmigungszuständigkeitsübertragung",
    "no blank in 300 letters": "W" * 300,
    "sixty letters": "Registration, change of address and certificates of residence",
    "many lines": "Registration of residence and other papers of the office. " * 30,
    "Arabic": "مستشفى القديس يوحنا المعمدان للأمراض الصدرية والقلب والأوعية",
    "Arabic without a blank": "والتسجيلوإصدارالمستندات" * 3,
    "Russian": "Межрайонная регистрационно-экзаменационная государственная инспекция",
    "both ways": "Registration التسجيل Straßenverkehrsbehördenzulassungsstelle ٤٢",
    "marks upon marks": "Z\u0310\u0311\u0312\u0313\u0314\u0315a\u0316\u0317\u0318\u0319lgo",
    "joined by what never breaks": "Rue\u00a0de\u00a0la\u00a0République\u00a0et\u00a0de\u00a0la\u00a0Fraternité",
    "a line break": "Room 1\nRoom 2\tRoom 3",
    "nothing to see": "\u200b\u00ad ",
}


def ticket(**other: object) -> PaperTicket:
    return PaperTicket(**{**vars(ENGLISH), **other})


def printed(paper: int, **other: object) -> Image.Image:
    return as_image(draw(ticket(**other), paper))


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = Image.eval(picture, lambda dot: 255 - dot).getbbox()
    assert box
    return box


def lines(picture: Image.Image) -> list[Image.Image]:
    """The picture of each run of rows that are not all white."""
    black = [ink_in(picture.crop((0, row, picture.width, row + 1))) > 0 for row in range(picture.height)]
    edges = [row for row in range(1, picture.height) if black[row] != black[row - 1]]
    starts, ends = edges[::2], edges[1::2]
    return [picture.crop((0, start, picture.width, end)) for start, end in zip(starts, ends, strict=True)]


def ink_in(picture: Image.Image) -> int:
    """Black dots."""
    return picture.histogram()[0]


def strokes(line: Image.Image) -> int:
    """Runs of columns with something black in them: as many as letters H."""
    columns = "".join("#" if ink_in(line.crop((x, 0, x + 1, line.height))) else " " for x in range(line.width))
    return len(columns.split())


def shape(picture: Image.Image) -> float:
    left, top, right, bottom = ink(picture)
    return (right - left) / (bottom - top)


def alone(word: str) -> Image.Image:
    """A word as it is written where there is room for it."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(42)
    font.setWeight(QFont.Weight.Bold)
    canvas = QImage(QFontMetrics(font).horizontalAdvance(word) + 100, 200, QImage.Format.Format_Grayscale8)
    canvas.fill(255)
    painter = QPainter(canvas)
    painter.setFont(font)
    painter.drawText(QPointF(50, 100), word)
    painter.end()
    return as_image(canvas)


@PAPERS
@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_whatever_the_words_are_the_ticket_is_ink_on_paper_within_its_edges(qapp, paper: int, words: str) -> None:
    for field in WORDS:
        for right_to_left in (False, True):
            picture = printed(paper, **{field: words}, right_to_left=right_to_left)
            left, top, right, bottom = ink(picture)
            assert left > 2 and top > 2 and right < picture.width - 2 and bottom < picture.height - 2, field
            assert ink_in(picture) < picture.width * picture.height / 2, field
            assert read_back(picture) == [ENGLISH.address], field


@PAPERS
def test_everything_nasty_at_once_prints_no_black_beyond_what_was_drawn(qapp, paper: int) -> None:
    """Words of more than a canvas once ended in black paper."""
    words = NASTY["many lines"]
    picture = printed(paper, **dict.fromkeys(WORDS, words))
    for row in range(picture.height):
        assert ink_in(picture.crop((0, row, picture.width, row + 1))) < picture.width * 0.8, row
    assert read_back(picture) == [ENGLISH.address]


@PAPERS
@pytest.mark.parametrize("field", ["hall", "service", "ahead", "advice", "time"])
def test_every_letter_of_a_word_wider_than_the_paper_is_printed(qapp, paper: int, field: str) -> None:
    bare = sum(strokes(line) for line in lines(printed(paper, **{field: "H"}, address="")))
    full = sum(strokes(line) for line in lines(printed(paper, **{field: "H" * 60}, address="")))
    assert full == bare + 59


@PAPERS
@pytest.mark.parametrize("word", ["Wohnsitzanmeldebestätigung", "Straßenverkehrsbehörde", "Удостоверениеличности"])
def test_a_word_a_little_wider_than_the_paper_is_written_smaller_in_one_line(qapp, paper: int, word: str) -> None:
    picture = printed(paper, service=word, hall="", ahead="", advice="", time="", address="")
    _number, *service = lines(picture)
    whole = Image.new("L", (picture.width, sum(line.height for line in service)), 255)
    top = 0
    for line in service:  # the dots of ä and Ё are rows of their own
        whole.paste(line, (0, top))
        top += line.height
    assert shape(whole) == pytest.approx(shape(alone(word)), rel=0.12)


@PAPERS
@pytest.mark.parametrize("label", ["A1", "A042", "ABC9999", "K12-0042", "KIOSK12-0042"])
def test_the_whole_number_is_printed_in_one_line_and_larger_than_any_word(qapp, paper: int, label: str) -> None:
    picture = printed(paper, label=label, address="", service="Hh", hall="Hh", ahead="Hh", advice="Hh", time="Hh")
    hall, number, *others = lines(picture)
    assert number.height > 1.3 * max(line.height for line in (hall, *others))
    assert shape(number) == pytest.approx(shape(alone(label)), rel=0.12)


@PAPERS
def test_a_long_address_makes_a_code_a_phone_can_still_read(qapp, paper: int) -> None:
    address = "https://" + "termine." * 20 + "example.org/t/0123456789abcdefghijklmnopqrstuv"
    picture = printed(paper, address=address)
    assert read_back(worn(picture)) == [address]


def worn(picture: Image.Image) -> Image.Image:
    """As a phone sees it: a little out of focus."""
    return picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.BILINEAR)
