"""Everything that a hall can say in a language, so that it can be recorded or rendered before it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from shared.catalogue import is_translated
from shared.hall.field_types import Language
from shared.hall.hall import Hall
from shared.hall.labels import Series, series
from shared.voice.calls import number_word, point_word, several_words
from shared.voice.letters_and_numbers import letter, number_words
from shared.voice.voice import Word

UP_TO = 100
"""Numbers below this are said as one word, in every language."""

KIOSKS = "K"
"""The letter of the numbers that kiosks give by themselves, unless an administrator chose another series."""


def vocabulary(hall: Hall, language: Language) -> tuple[Word, ...]:
    """The words of every call that this hall can make, each once: sentences, letters, numbers, points."""
    words = chain(_sentences(language), _letters(hall, language), _numbers(hall, language), _points(hall, language))
    return tuple({word.key: word for word in words}.values())


def missing(hall: Hall, language: Language) -> tuple[Word, ...]:
    """The words of its vocabulary that this hall has no clip of in this language."""
    return tuple(word for word in vocabulary(hall, language) if f"{language}:{word.key}" not in hall.clips)


def _sentences(language: Language) -> Iterator[Word]:
    if is_translated(language):
        yield number_word(language)
        yield from several_words(language)


def _letters(hall: Hall, language: Language) -> Iterator[Word]:
    prefixes = "".join(service.prefix for service in hall.services.values())
    offline = KIOSKS if hall.settings.offline_tickets else ""
    yield from (letter(one, language) for one in sorted({*prefixes, *offline}) if one.isalpha())


def _numbers(hall: Hall, language: Language) -> Iterator[Word]:
    """Those up to 99 that are said, then the hundreds, the thousands, and what joins them."""
    said = {word.key: word for number in {*_all_numbers(hall)} for word in number_words(number, language)}
    yield from sorted(said.values(), key=lambda word: (not word.text.isdecimal(), word.text.zfill(4)))


def _all_numbers(hall: Hall) -> Iterator[int]:
    yield from chain.from_iterable(_of_series(series(service)) for service in hall.services.values())
    if hall.settings.offline_tickets:
        yield from range(UP_TO)


def _of_series(numbers: Series) -> Iterator[int]:
    """The numbers on its labels as they are read; digits at the end of a prefix are part of them."""
    leading = numbers.prefix[len(numbers.prefix.rstrip("0123456789")) :]
    for number in range(numbers.first, numbers.last + 1):
        digits = f"{leading}{number:0{numbers.digits}}"
        yield from [int(digits)] if len(digits) <= 4 else map(int, digits)


def _points(hall: Hall, language: Language) -> Iterator[Word]:
    yield from (point_word(hall, point, language) for point in hall.points)
