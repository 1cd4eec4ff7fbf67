"""What is on a paper ticket, drawn once as a picture so that every script prints right on every printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter

from shared.ui.qr import draw_qr

DOTS = {80: 576, 58: 384}
"""Dots a printer with this paper, in millimetres, prints across (203 dpi)."""

LARGEST_HEIGHT = 2400
"""Dots; nothing said here comes near it, the picture is cut to what was drawn."""

WRAPPED = int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)


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


def draw(ticket: PaperTicket, paper: int) -> QImage:
    """The picture of a ticket on paper of 80 or 58 millimetres: black and white, 576 or 384 dots wide."""
    width = DOTS[paper]
    canvas = QImage(width, LARGEST_HEIGHT, QImage.Format.Format_Grayscale8)
    canvas.fill(Qt.GlobalColor.white)
    painter = QPainter(canvas)
    painter.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if ticket.right_to_left else Qt.LayoutDirection.LeftToRight
    )
    bottom = _draw_lines(painter, _lines(ticket, width), width, width // 40)
    bottom = _draw_code(painter, ticket, width, bottom)
    painter.end()
    return _black_and_white(canvas.copy(0, 0, width, bottom + width // 30))


def _lines(ticket: PaperTicket, width: int) -> Sequence[_Line]:
    return (
        _Line(ticket.hall, 6.2, QFont.Weight.DemiBold),
        _Line(ticket.label, _number_size(ticket.label, width), QFont.Weight.Bold, space=0),
        _Line(ticket.service, 7.4, QFont.Weight.Bold, space=0),
        _Line(ticket.ahead, 5.4, space=3),
        _Line(ticket.advice, 5.4, space=1.5),
        _Line(ticket.time, 5.0, space=3),
    )


def _number_size(label: str, width: int) -> float:
    """As large as the paper allows: the number is what people look for."""
    across = QFontMetrics(_font(100, QFont.Weight.Bold)).horizontalAdvance(label)
    return min(36.0, 100 * 0.92 * width / max(1, across) * 100 / width)


def _draw_lines(painter: QPainter, lines: Sequence[_Line], width: int, top: int) -> int:
    """Draw the lines one below another; returns where the last one ends."""
    side = width // 48
    for line in lines:
        if line.words:
            painter.setFont(_font(line.size * width / 100, line.weight))
            below = QRect(side, top + round(line.space * width / 100), width - 2 * side, LARGEST_HEIGHT)
            painter.drawText(below, WRAPPED, line.words)
            top = painter.boundingRect(below, WRAPPED, line.words).bottom()
    return top


def _draw_code(painter: QPainter, ticket: PaperTicket, width: int, top: int) -> int:
    if not ticket.address:
        return top
    size = width * 45 // 100
    draw_qr(painter, ticket.address, QRect((width - size) // 2, top, size, size))
    return _draw_lines(painter, [_Line(ticket.follow, 5.0, space=0)], width, top + size)


def _font(pixels: float, weight: QFont.Weight) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    return font


def _black_and_white(picture: QImage) -> QImage:
    """A thermal printer knows no grey: what is more than half dark is black."""
    flags = Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither
    return picture.convertToFormat(QImage.Format.Format_Mono, flags).convertToFormat(QImage.Format.Format_Grayscale8)
