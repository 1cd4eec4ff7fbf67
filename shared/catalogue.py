"""The words of our own screens and pages in every language: one gettext catalogue for Qt and web alike."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import polib

from shared.languages import suited

FOLDER = Path(__file__).parent.parent / "resources" / "translations"


def languages() -> list[str]:
    """The languages our screens speak."""
    return sorted(file.stem for file in FOLDER.glob("*.po"))


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one language; English sentences for a language nobody has translated."""
    file = FOLDER / f"{suited(language, languages()) or 'en'}.po"
    return GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))


def spoken(language: str, others: Iterable[str]) -> str:
    """The first of these languages that our own words are translated into; English if none is."""
    return next((one for one in (language, *others) if _is_translated(one)), "en")


@cache
def _is_translated(language: str) -> bool:
    return suited(language, languages()) is not None


def translate(language: str, sentence: str, n: int | None = None) -> str:
    """A sentence of ours in a language. With ``n``, the right plural form, ``%n`` standing for the number."""
    said = look_up(catalogue(language), sentence, n)
    return said if n is None else said.replace("%n", str(n))


def look_up(translations: NullTranslations, sentence: str, n: int | None = None) -> str:
    """A sentence in the form for ``n``. Nothing stays nothing: gettext keeps a catalogue's header there."""
    if not sentence or n is None:
        return sentence and translations.gettext(sentence)
    return translations.ngettext(sentence, sentence, n)
