"""Sentences that the display and the sign share, and the width of texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication

from shared.formats import clock, long_date
from shared.hall.hall import Hall
from shared.hall.time_zones import local
from shared.ui.clocks import wall_clock
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

MEASURED_AT = 100
"""Font size, in pixels, at which texts are measured."""


def outage_notice(station: Station) -> str:
    """Why the screen may be out of date; empty while it follows its hall."""
    if station.refusal:
        return refusal_text(station.refusal)
    if since := station.outdated_since:
        return no_connection(since, station.hall)
    return ""


def no_connection(since: datetime, hall: Hall | None) -> str:
    when = clock(since, hall)
    if hall and (day := local(hall.settings, since).date()) != local(hall.settings, wall_clock()).date():
        when = f"{long_date(hall.settings.languages[0], day)}, {when}"
    return QCoreApplication.translate("Display", "No connection since {0}").format(when)


def pages_of(line: str, width: float) -> list[str]:
    """The line in parts of whole words that fit into this width in ems; a longer word has a part of its own."""
    pages = [""]
    for word in line.split():
        longer = f"{pages[-1]} {word}".strip()
        if pages[-1] and widest_text([longer], QFont.Weight.Normal) > width:
            pages.append(word)
        else:
            pages[-1] = longer
    return pages


def many_calls() -> str:
    return QCoreApplication.translate("Display", "Several numbers are called. Please look for yours.")


def widest_text(texts: Iterable[str], weight: QFont.Weight, *, figures: bool = False) -> float:
    """Width of the widest of these texts, in ems, 0 without texts; with ``figures`` all digits have the same width."""
    font = QFont(QGuiApplication.font())
    font.setFeature(QFont.Tag("tnum"), int(figures))
    font.setPixelSize(MEASURED_AT)
    font.setWeight(weight)
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(text) for text in texts), default=0.0) / MEASURED_AT
