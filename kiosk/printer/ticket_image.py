"""What is on a paper ticket, drawn once as a picture so that every script prints right on every printer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter, QTextLayout, QTextOption

from shared.ui.qr import draw_qr, modules_across

DOTS = {80: 576, 58: 384}
"""Dots a printer with this paper, in millimetres, prints across (203 dpi)."""

WORDS, ANYWHERE = QTextOption.WrapMode.WordWrap, QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere

TRIES = ((1.0, WORDS), (0.9, WORDS), (0.8, WORDS), (0.7, WORDS), (0.7, ANYWHERE))
"""The part of its size a line is written in, and where it may be broken, until no word is wider than the paper."""

LARGEST_NUMBER, NUMBER_ACROSS = 36.0, 92.0
"""The number's font at the most, and the part of the paper it may fill, in hundredths of the paper's width."""

CODE = 45.0
"""The side of the code with its quiet zone, in hundredths of the paper's width."""

MODULE = 3
"""Dots of the code's modules at the least, if the paper is wide enough: a phone can't tell smaller ones apart."""


@dataclass(frozen=True, kw_only=True)
class PaperTicket:
    """The words on one ticket, already in the customer's language."""

    hall: str
    label: str
    service: str
    ahead: str
    time: str
    advice: str
    """What to do next."""
    address: str = ""
    """The customer's own page; empty if nothing serves pages."""
    follow: str = ""
    """What the code is for."""
    right_to_left: bool = False


@dataclass(frozen=True)
class _Line:
    words: str
    size: float
    """Pixels of the font, in hundredths of the paper's width."""
    weight: QFont.Weight = QFont.Weight.Normal
    space: float = 2.0
    """Empty paper above, in hundredths of the width."""


@dataclass(frozen=True)
class _Sheet:
    """The paper, as wide as the printer prints."""

    width: int
    right_to_left: bool

    @property
    def side(self) -> int:
        """Dots left empty at either edge."""
        return self.width // 48

    @property
    def across(self) -> int:
        """Dots between the edges."""
        return self.width - 2 * self.side

    def dots(self, hundredths: float) -> float:
        return hundredths * self.width / 100


@dataclass(frozen=True)
class _Block:
    """A line laid out on the paper."""

    layout: QTextLayout
    space: int
    """Dots of empty paper above."""

    @property
    def height(self) -> int:
        return self.space + math.ceil(self.layout.boundingRect().height())


def draw(ticket: PaperTicket, paper: int) -> QImage:
    """The picture of a ticket on paper of 80 or 58 millimetres: black and white, 576 or 384 dots wide.

    All of it is measured before anything is drawn: the picture is as high as what is on it, and nothing is beyond it.
    """
    sheet = _Sheet(DOTS[paper], ticket.right_to_left)
    above, below = (_blocks(lines, sheet) for lines in (_lines(ticket), _under_the_code(ticket)))
    code, top = _code_size(ticket.address, sheet), sheet.width // 40
    height = top + _height(above) + code + _height(below) + sheet.width // 30
    canvas = QImage(sheet.width, height, QImage.Format.Format_Grayscale8)
    canvas.fill(Qt.GlobalColor.white)
    painter = QPainter(canvas)
    top = _draw_blocks(painter, above, sheet, top)
    if code:
        draw_qr(painter, ticket.address, QRect((sheet.width - code) // 2, top, code, code))
    _draw_blocks(painter, below, sheet, top + code)
    painter.end()
    return _black_and_white(canvas)


def _lines(ticket: PaperTicket) -> Sequence[_Line]:
    return (
        _Line(ticket.hall, 6.2, QFont.Weight.DemiBold),
        _Line(ticket.label, _number_size(ticket.label), QFont.Weight.Bold, space=0),
        _Line(ticket.service, 7.4, QFont.Weight.Bold, space=0),
        _Line(ticket.ahead, 5.4, space=3),
        _Line(ticket.advice, 5.4, space=1.5),
        _Line(ticket.time, 5.0, space=3),
    )


def _number_size(label: str) -> float:
    """As large as the paper allows: the number is what people look for."""
    across = QFontMetrics(_font(100, QFont.Weight.Bold)).horizontalAdvance(label)
    return min(LARGEST_NUMBER, 100 * NUMBER_ACROSS / max(1, across))


def _under_the_code(ticket: PaperTicket) -> Sequence[_Line]:
    return (_Line(ticket.follow, 5.0, space=0),) if ticket.address else ()


def _blocks(lines: Sequence[_Line], sheet: _Sheet) -> Sequence[_Block]:
    return [_Block(_laid_out(line, sheet), round(sheet.dots(line.space))) for line in lines if line.words]


def _laid_out(line: _Line, sheet: _Sheet) -> QTextLayout:
    """The line in the middle of the paper: a word wider than it is written smaller or broken, and never cut."""
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if sheet.right_to_left else Qt.LayoutDirection.LeftToRight)
    layout = QTextLayout("\u2028".join(line.words.splitlines()))  # Qt's own line break
    for part, wrap in TRIES:
        option.setWrapMode(wrap)
        layout.setTextOption(option)
        layout.setFont(_font(part * sheet.dots(line.size), line.weight))
        if _fits(layout, sheet.across):
            break
    return layout


def _fits(layout: QTextLayout, across: int) -> bool:
    """Lay it out one row below another; returns whether no row is wider than it may be."""
    rows, bottom = [], 0.0
    layout.beginLayout()
    while (row := layout.createLine()).isValid():
        row.setLineWidth(across)
        row.setPosition(QPointF(0, bottom))
        bottom += row.height()
        rows.append(row.naturalTextWidth())
    layout.endLayout()
    return max(rows, default=0) <= across


def _height(blocks: Sequence[_Block]) -> int:
    return sum(block.height for block in blocks)


def _draw_blocks(painter: QPainter, blocks: Sequence[_Block], sheet: _Sheet, top: int) -> int:
    """Draw them one below another; returns where the last one ends."""
    for block in blocks:
        block.layout.draw(painter, QPointF(sheet.side, top + block.space))
        top += block.height
    return top


def _code_size(address: str, sheet: _Sheet) -> int:
    """Dots: a long address makes a code of many modules, which must not become too small."""
    return min(sheet.across, max(round(sheet.dots(CODE)), MODULE * modules_across(address))) if address else 0


def _font(pixels: float, weight: QFont.Weight) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    return font


def _black_and_white(picture: QImage) -> QImage:
    """A thermal printer knows no grey: what is more than half dark is black."""
    flags = Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither
    return picture.convertToFormat(QImage.Format.Format_Mono, flags).convertToFormat(QImage.Format.Format_Grayscale8)
