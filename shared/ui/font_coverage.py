"""Scripts in which a hall has written something and which no font of this machine has: there, boxes are shown."""

from __future__ import annotations

import logging
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLoggingCategory, QObject
from PySide6.QtGui import QFontMetrics, QGuiApplication

from shared.catalogue import translate
from shared.hall.field_types import Language, Words
from shared.hall.hall import Hall
from shared.languages import own_name
from shared.ui.event_loop import application
from shared.ui.station import Station

log = logging.getLogger(__name__)

OURS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC"})
"""Scripts of the fonts that come with us."""

EMOJI, SYMBOLS = "EMOJI", "SYMBOLS"
FIRST_EMOJI = 0x1F000
UNSEEN = ("Cc", "Cf", "Cs")
"""Categories of characters without a picture."""

PACKAGES = {
    EMOJI: "fonts-noto-color-emoji",
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"), "fonts-noto-cjk"),
}
OTHERS = "fonts-noto-core"
"""Debian's packages of fonts, by the first word of the names Unicode gives to the characters of a script."""

SHOWN = 40
"""Characters of an example."""


@dataclass(frozen=True)
class Undrawn:
    """A script nobody can read here, by Unicode's word for it, and something the hall has written in it."""

    script: str
    example: str


@lru_cache(8)  # asked at every event of a hall, and hardly ever new
def undrawn(texts: tuple[str, ...]) -> tuple[Undrawn, ...]:
    """The scripts of these texts that can't be drawn, each once."""
    found: dict[str, str] = {}
    for text in texts:
        for script in (_script(character) for character in text if not _is_drawn(character)):
            found.setdefault(script, text)
    return tuple(Undrawn(script, text) for script, text in found.items())


def written(hall: Hall) -> tuple[str, ...]:
    """Everything a hall has written for people to read, and last the names of its languages on the keys."""
    return tuple(_written(hall))


def _written(hall: Hall) -> Iterator[str]:
    yield from _texts(hall.settings.name, *hall.settings.outcomes)
    for service in hall.menu():
        yield from _texts(service.name, service.description)
    yield from _texts(*(precedence.name for precedence in hall.precedences.values()))
    yield from _texts(*(point.name for point in hall.points.values()))
    yield from _texts(*(day.reason for day in (*hall.days.values(), *hall.holidays.values())))
    yield from (own_name(language) for language in hall.settings.languages)


def sentence(language: Language, what: Undrawn) -> str:
    """What can't be drawn and what to do about it."""
    said = translate(
        language,
        "No font on this machine has {script}, as in “{example}”: boxes are shown. "
        "Install {package} (Debian, Ubuntu) or a Noto font for it (Windows, macOS).",
    )
    return said.format(
        script=_called(language, what.script),
        example=what.example[:SHOWN],
        package=PACKAGES.get(what.script, OTHERS),
    )


def faults(halls: Iterable[Hall]) -> Iterator[str]:
    """A sentence for each script of these halls, for a program that has no window."""
    texts = tuple(text for hall in halls for text in written(hall))
    if all(_is_ours(character) for text in texts for character in text):
        return
    if sys.platform == "linux":  # Windows and macOS have no fonts but with their own platform
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a display that does not answer would abort us
    QLoggingCategory.setFilterRules("qt.text.font.db=false")  # which tells stderr the same in its own words
    application("check")
    yield from (sentence("en", what) for what in undrawn(texts))


class ScriptLog(QObject):
    """Says in the log of a station, once, what the hall has written that this machine can't draw."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._station = station
        self._said: set[str] = set()
        station.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        for what in undrawn(written(self._station.hall)) if self._station.hall else ():
            if what.script not in self._said:
                self._said.add(what.script)
                log.warning("%s", sentence("en", what))


def _texts(*all_words: Words) -> Iterator[str]:
    for words in all_words:
        yield from [words] if isinstance(words, str) else words.values()


# ── characters ──


def _is_drawn(character: str) -> bool:
    return not _is_seen(character) or _has_a_font(character)


def _is_seen(character: str) -> bool:
    """Whether it is there to be seen by itself, and not a blank, a mark on another one or plain ASCII."""
    category = unicodedata.category(character)
    return not (character.isascii() or category[0] in "MZ" or category in UNSEEN)


def _is_ours(character: str) -> bool:
    """Whether it need not be looked for, for we bring its font along."""
    return not _is_seen(character) or _script(character) in OURS


@lru_cache(4096)
def _has_a_font(character: str) -> bool:
    """Our families or any the system falls back to. It agrees with the glyphs that are drawn, which a font's own list
    of writing systems does not."""
    return QFontMetrics(QGuiApplication.font()).inFontUcs4(ord(character))


def _script(character: str) -> str:
    """Unicode's word for a script, which every name of its letters and figures begins with."""
    if unicodedata.category(character)[0] not in "LN":
        return EMOJI if _is_emoji(character) else SYMBOLS
    return unicodedata.name(character, SYMBOLS).replace("-", " ").split()[0]


def _is_emoji(character: str) -> bool:
    return ord(character) >= FIRST_EMOJI and unicodedata.category(character)[0] == "S"


def _called(language: Language, script: str) -> str:
    """The script in plain words, where it has any; else as Unicode calls it."""
    return {
        "ARMENIAN": translate(language, "Armenian"),
        "BENGALI": translate(language, "Bengali"),
        "CJK": translate(language, "Chinese or Japanese"),
        "DEVANAGARI": translate(language, "Devanagari (Hindi)"),
        EMOJI: translate(language, "emoji"),
        "ETHIOPIC": translate(language, "Ethiopic (Amharic)"),
        "GEORGIAN": translate(language, "Georgian"),
        "HANGUL": translate(language, "Korean"),
        "HEBREW": translate(language, "Hebrew"),
        "HIRAGANA": translate(language, "Japanese"),
        "KATAKANA": translate(language, "Japanese"),
        SYMBOLS: translate(language, "these symbols"),
        "TAMIL": translate(language, "Tamil"),
        "THAI": translate(language, "Thai"),
    }.get(script, script.capitalize())
