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
    for file in (FOLDER / f"{language}.po", FOLDER / "en.po"):
        if file.exists():
            return GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))
    return NullTranslations()


def translate(language: str, sentence: str, n: int | None = None) -> str:
    """A sentence of ours in a language. With ``n``, the right plural form, ``%n`` standing for the number."""
    if n is None:
        return catalogue(language).gettext(sentence)
    return catalogue(language).ngettext(sentence, sentence, n).replace("%n", str(n))


def is_right_to_left(language: str) -> bool:
    return language in RIGHT_TO_LEFT
