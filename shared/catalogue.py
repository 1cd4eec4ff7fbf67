"""The words of our own screens and pages in every language: one gettext catalogue for Qt and web alike."""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import polib

FOLDER = Path(__file__).parent.parent / "resources" / "translations"

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

NATIVE_NAMES = {"en": "English", "de": "Deutsch", "ru": "Русский", "ar": "العربية"}
"""How speakers call their language: shown on the kiosk's language keys."""


def languages() -> list[str]:
    """The languages our screens speak."""
    return sorted(file.stem for file in FOLDER.glob("*.po"))


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one language; English sentences for a language nobody has translated."""
    for name in (language, _base(language), "en"):
        if (file := FOLDER / f"{name}.po").exists():
            return GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))
    return NullTranslations()


def translate(language: str, sentence: str, n: int | None = None) -> str:
    """A sentence of ours in a language. With ``n``, the right plural form, ``%n`` standing for the number."""
    said = look_up(catalogue(language), sentence, n)
    return said if n is None else said.replace("%n", str(n))


def look_up(translations: NullTranslations, sentence: str, n: int | None = None) -> str:
    """A sentence in the form for ``n``. Nothing stays nothing: gettext keeps a catalogue's header there."""
    if not sentence or n is None:
        return sentence and translations.gettext(sentence)
    return translations.ngettext(sentence, sentence, n)


def is_right_to_left(language: str) -> bool:
    return _base(language) in RIGHT_TO_LEFT


def _base(language: str) -> str:
    """``de`` for ``de-AT``."""
    return language.partition("-")[0]
