"""The translations of our screens and pages: one gettext catalogue per language, for Qt and the web alike."""

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
    """The languages our screens are translated into."""
    return sorted(file.stem for file in FOLDER.glob("*.po"))


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations into the language that suits best, such as ``de`` for ``de-AT``; into English if none does."""
    file = FOLDER / f"{suited(language, languages()) or 'en'}.po"
    return GNUTranslations(io.BytesIO(polib.pofile(str(file)).to_binary()))


def spoken(language: str, others: Iterable[str]) -> str:
    """The first of these languages that our screens are translated into; English if none is."""
    return next((one for one in (language, *others) if is_translated(one)), "en")


@cache
def is_translated(language: str) -> bool:
    return suited(language, languages()) is not None


def translate(language: str, sentence: str, n: int | None = None) -> str:
    """A sentence in a language, with ``n`` in its plural form for that number, which replaces ``%n``."""
    translated = look_up(catalogue(language), sentence, n)
    return translated if n is None else translated.replace("%n", str(n))


def look_up(translations: NullTranslations, sentence: str, n: int | None = None) -> str:
    """A sentence in the form for ``n``; ``%n`` stays. An empty one stays empty: gettext has the header there."""
    if not sentence or n is None:
        return sentence and translations.gettext(sentence)
    return translations.ngettext(sentence, sentence, n)
