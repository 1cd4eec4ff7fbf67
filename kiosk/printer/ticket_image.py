"""Draws a paper ticket as a picture, so that every script prints right on every printer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter, QTextLayout, QTextOption

from shared.ui.qr import draw_qr, modules_across

DOTS = {80: 576, 58: 384}
"""Dots that a printer prints across paper of this width in millimetres (203 dpi)."""

WORDS, ANYWHERE = QTextOption.WrapMode.WordWrap, QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere

FIT_ATTEMPTS = ((1.0, WORDS), (0.9, WORDS), (0.8, WORDS), (0.7, WORDS), (0.7, ANYWHERE))
"""Font scale and wrap mode to try for a line, in this order, until no word is wider than the paper."""

MAX_NUMBER, NUMBER_WIDTH = 36.0, 92.0
"""The number's largest font size, and the width it may fill, in hundredths of the paper's width."""

CODE_SIDE = 45.0
"""The side of the QR code with its quiet zone, in hundredths of the paper's width."""

MIN_MODULE = 3
"""Dots of a module of the QR code at least, if the paper is wide enough: phones can't read smaller ones."""


@dataclass(frozen=True, kw_only=True)
class PaperTicket:
    """The texts of one ticket, in the customer's language."""

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
    """What the QR code is for."""
    right_to_left: bool = False


@dataclass(frozen=True)
class _TextLine:
    words: str
    size: float
    """Font size, in hundredths of the paper's width."""
    weight: QFont.Weight = QFont.Weight.Normal
    space: float = 2.0
    """Empty paper above, in hundredths of the paper's width."""


@dataclass(frozen=True)
class _Sheet:
    """The paper, as wide as the printer prints."""

    width: int
    """Dots."""
    right_to_left: bool

    @property
    def edge(self) -> int:
        """Dots left empty at either side."""
        return self.width // 48

    @property
    def usable_width(self) -> int:
        """Dots between the empty sides."""
        return self.width - 2 * self.edge

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

    All of it is measured before anything is drawn, so the picture is exactly as high as its content.
    Raises KeyError for another width of paper.
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


def _lines(ticket: PaperTicket) -> Sequence[_TextLine]:
    return (
        _TextLine(ticket.hall, 6.2, QFont.Weight.DemiBold),
        _TextLine(ticket.label, _number_size(ticket.label), QFont.Weight.Bold, space=0),
        _TextLine(ticket.service, 7.4, QFont.Weight.Bold, space=0),
        _TextLine(ticket.ahead, 5.4, space=3),
        _TextLine(ticket.advice, 5.4, space=1.5),
        _TextLine(ticket.time, 5.0, space=3),
    )


def _number_size(label: str) -> float:
    """The font size, in hundredths of the paper's width: the largest that fits, because people look for the number."""
    width = QFontMetrics(_font(100, QFont.Weight.Bold)).horizontalAdvance(label)
    return min(MAX_NUMBER, 100 * NUMBER_WIDTH / max(1, width))


def _under_the_code(ticket: PaperTicket) -> Sequence[_TextLine]:
    return (_TextLine(ticket.follow, 5.0, space=0),) if ticket.address else ()


def _blocks(lines: Sequence[_TextLine], sheet: _Sheet) -> Sequence[_Block]:
    return [_Block(_layout(line, sheet), round(sheet.dots(line.space))) for line in lines if line.words]


def _layout(line: _TextLine, sheet: _Sheet) -> QTextLayout:
    """The line in the middle of the paper: where a word is too wide the line is written smaller or the word broken."""
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if sheet.right_to_left else Qt.LayoutDirection.LeftToRight)
    layout = QTextLayout("\u2028".join(line.words.splitlines()))  # Qt's own line break
    for scale, wrap in FIT_ATTEMPTS:
        option.setWrapMode(wrap)
        layout.setTextOption(option)
        layout.setFont(_font(scale * sheet.dots(line.size), line.weight))
        if _fits(layout, sheet.usable_width):
            break
    return layout


def _fits(layout: QTextLayout, width: int) -> bool:
    """Lay the line out in rows; returns whether no row is wider than ``width`` dots."""
    rows, bottom = [], 0.0
    layout.beginLayout()
    while (row := layout.createLine()).isValid():
        row.setLineWidth(width)
        row.setPosition(QPointF(0, bottom))
        bottom += row.height()
        rows.append(row.naturalTextWidth())
    layout.endLayout()
    return max(rows, default=0) <= width


def _height(blocks: Sequence[_Block]) -> int:
    return sum(block.height for block in blocks)


def _draw_blocks(painter: QPainter, blocks: Sequence[_Block], sheet: _Sheet, top: int) -> int:
    """Draw them one below another; returns the row of dots where the last one ends."""
    for block in blocks:
        block.layout.draw(painter, QPointF(sheet.edge, top + block.space))
        top += block.height
    return top


def _code_size(address: str, sheet: _Sheet) -> int:
    """The side in dots; larger for a long address, whose many modules must not become too small. 0 without one."""
    side = max(round(sheet.dots(CODE_SIDE)), MIN_MODULE * modules_across(address)) if address else 0
    return min(sheet.usable_width, side)


def _font(pixels: float, weight: QFont.Weight) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    return font


def _black_and_white(picture: QImage) -> QImage:
    """A thermal printer has no grey: what is more than half dark is black."""
    flags = Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither
    return picture.convertToFormat(QImage.Format.Format_Mono, flags).convertToFormat(QImage.Format.Format_Grayscale8)
