"""What the display and the sign both say, and how wide it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication

from shared.formats import clock
from shared.hall.hall import Hall
from shared.ui.refusals import why_not
from shared.ui.station import Station


def quiet_sentence(station: Station) -> str:
    """Why the screen is not live, in one sentence; empty while it is."""
    if station.refusal:
        return why_not(station.refusal)
    if station.away_since:
        return no_connection(station.away_since, station.hall)
    return ""


def no_connection(since: datetime, hall: Hall | None) -> str:
    return QCoreApplication.translate("Display", "No connection since {0}").format(clock(since, hall))


def widest(texts: Iterable[str], weight: QFont.Weight, *, figures: bool = False) -> float:
    """Width of the widest of these texts in our font, in font sizes; ``figures`` all have the same width."""
    font = QFont(QGuiApplication.font())
    font.setFeature(QFont.Tag("tnum"), int(figures))
    font.setPixelSize(100)
    font.setWeight(weight)
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(text) for text in texts), default=0.0) / 100
