"""Scripts in a hall's texts for which this machine has no font, so that it draws boxes."""

from __future__ import annotations

import logging
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
from shared.ui.event_loop import windowless_application
from shared.ui.station import Station

log = logging.getLogger(__name__)

BUNDLED = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC"})
"""Scripts of the fonts that we bring along."""

EMOJI, SYMBOLS = "EMOJI", "SYMBOLS"
FIRST_EMOJI = 0x1F000
INVISIBLE = ("Cc", "Cf", "Cs")
"""Unicode's categories of characters that draw nothing."""

PACKAGES = {
    EMOJI: "fonts-noto-color-emoji",
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"), "fonts-noto-cjk"),
}
"""Debian's font packages, by the first word of the names Unicode gives to the characters of a script."""
OTHER_PACKAGE = "fonts-noto-core"

LONGEST_EXAMPLE = 40
"""Characters."""


@dataclass(frozen=True)
class MissingScript:
    """A script that can't be drawn here, by Unicode's word for it, and a text of the hall in it."""

    script: str
    example: str


@lru_cache(8)  # asked at every event of a hall, and hardly ever new
def missing_scripts(texts: tuple[str, ...]) -> tuple[MissingScript, ...]:
    """The scripts of these texts that can't be drawn, each once."""
    found: dict[str, str] = {}
    for text in texts:
        for script in (_script(character) for character in text if not _is_drawn(character)):
            found.setdefault(script, text)
    return tuple(MissingScript(script, text) for script, text in found.items())


def texts_of(hall: Hall) -> tuple[str, ...]:
    """Every text of a hall that people read, and last the names of its languages on the keys."""
    return tuple(_all_texts_of(hall))


def _all_texts_of(hall: Hall) -> Iterator[str]:
    yield from _texts(hall.settings.name, *hall.settings.outcomes)
    for service in hall.menu():
        yield from _texts(service.name, service.description)
    yield from _texts(*(precedence.name for precedence in hall.precedences.values()))
    yield from _texts(*(point.name for point in hall.points.values()))
    yield from _texts(*(day.reason for day in (*hall.days.values(), *hall.holidays.values())))
    yield from (own_name(language) for language in hall.settings.languages)


def sentence(language: Language, missing: MissingScript) -> str:
    """What can't be drawn, and which font to install."""
    template = translate(
        language,
        "No font on this machine has {script}, as in “{example}”: boxes are shown. "
        "Install {package} (Debian, Ubuntu) or a Noto font for it (Windows, macOS).",
    )
    return template.format(
        script=_script_name(language, missing.script),
        example=missing.example[:LONGEST_EXAMPLE],
        package=PACKAGES.get(missing.script, OTHER_PACKAGE),
    )


def faults(halls: Iterable[Hall]) -> Iterator[str]:
    """A sentence for each script of these halls that this machine can't draw, for a program without windows."""
    texts = tuple(text for hall in halls for text in texts_of(hall))
    if all(_is_bundled(character) for text in texts for character in text):
        return
    QLoggingCategory.setFilterRules("qt.text.font.db=false")  # which prints the same on stderr
    windowless_application("check")
    yield from (sentence("en", missing) for missing in missing_scripts(texts))


class ScriptLog(QObject):
    """Logs each script of a station's hall that this machine can't draw, once."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._station = station
        self._logged: set[str] = set()
        station.changed.connect(self._log_new)
        self._log_new()

    def _log_new(self) -> None:
        for missing in missing_scripts(texts_of(self._station.hall)) if self._station.hall else ():
            if missing.script not in self._logged:
                self._logged.add(missing.script)
                log.warning("%s", sentence("en", missing))


def _texts(*all_words: Words) -> Iterator[str]:
    for words in all_words:
        yield from [words] if isinstance(words, str) else words.values()


# ── characters ──


def _is_drawn(character: str) -> bool:
    return not _is_visible(character) or _has_a_font(character)


def _is_visible(character: str) -> bool:
    """Whether a character needs a font that has it: it is no blank, combining mark or plain ASCII."""
    category = unicodedata.category(character)
    return not (character.isascii() or category[0] in "MZ" or category in INVISIBLE)


def _is_bundled(character: str) -> bool:
    """Whether a character needs no other font than those we bring along."""
    return not _is_visible(character) or _script(character) in BUNDLED


@lru_cache(4096)
def _has_a_font(character: str) -> bool:
    """Whether our fonts, or any the system falls back to, have a character. This agrees with the glyphs that are drawn;
    a font's own list of writing systems does not."""
    return QFontMetrics(QGuiApplication.font()).inFontUcs4(ord(character))


def _script(character: str) -> str:
    """Unicode's word for a character's script: the first of its name."""
    if unicodedata.category(character)[0] not in "LN":
        return EMOJI if _is_emoji(character) else SYMBOLS
    return unicodedata.name(character, SYMBOLS).replace("-", " ").split()[0]


def _is_emoji(character: str) -> bool:
    return ord(character) >= FIRST_EMOJI and unicodedata.category(character)[0] == "S"


def _script_name(language: Language, script: str) -> str:
    """The script's usual name, if it is in the list; else as Unicode calls it."""
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
