"""A ticket's label as people read it aloud: letters by their names, numbers as whole numbers, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise, zip_longest
from string import ascii_uppercase

from shared.hall.field_types import Language
from shared.voice.voice import Word

NUMBER = "number."

LONGEST_NUMBER = 4
"""Digits that are read as one number; more are read one by one, as people do with them."""

PART = re.compile(r"[^\W\d_]|\d+")
"""What is read as one: a letter, or digits that stand together."""

NAMES = {
    "en": "ay bee see dee ee eff jee aitch eye jay kay el em en oh pee cue ar ess tee you vee double-you ex why zed",
    "en-US": "ay bee see dee ee eff jee aitch eye jay kay el em en oh pee cue ar ess tee you vee double-you ex why zee",
    "de": "A Be Ce De E Eff Ge Ha I Jott Ka Ell Emm Enn O Pe Ku Err Ess Te U Vau We Ix Üpsilon Zett",
    "ru": "а бэ цэ дэ е эф жэ аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет",
    "ar": "إيه بي سي دي إي إف جي إتش آي جيه كيه إل إم إن أو بيه كيو آر إس تي يو في دبليو إكس واي زد",
}
"""How the letters A to Z are called, where a voice may not know; elsewhere it names them itself."""

LETTERS = {language: dict(zip(ascii_uppercase, names.split(), strict=True)) for language, names in NAMES.items()}

AND = {"ar": "و", "ckb": "و", "fa": "و", "pt": "e"}
"""What stands between hundreds and the rest: ``مئة و اثنان وأربعون``."""

GAP = {"zh": "零", "yue": "零", "vi": "lẻ"}
"""The same where only a number below a tenth follows: ``一百 零 二``, which is not ``一百二``."""

HUNDRED_AND = {"es": "ciento", "pt": "cento"}
"""A hundred that is not the whole number, where it is another word."""


def label_words(label: str, language: Language) -> list[Word]:
    """``A042`` as A and 42; ``K1-07`` as K, 1 and 7: leading zeros are not read."""
    parts = PART.findall(label.upper())
    read = [list(_part(part, language)) for part in parts]
    for (before, after), words in zip(pairwise(parts), read, strict=False):
        if before.isdecimal() and after.isdecimal():  # K100-07 is no 107
            words[-1] = with_pause(words[-1])
    return list(chain.from_iterable(read))


def with_pause(word: Word) -> Word:
    """The word with a short silence after it, which every engine makes at a comma."""
    return replace(word, text=f"{word.text},")


def as_text(words: Sequence[Word]) -> str:
    """The words as a speech engine reads them best: ``100`` and ``42`` as ``142``."""
    written: list[str] = []
    carried = 0
    for word, after in zip_longest(words, words[1:]):
        if after and _goes_on(word, after):
            carried += _value(word)
        else:
            written.append(f"{carried + _value(word)}{word.text.lstrip('0123456789')}" if carried else word.text)
            carried = 0
    return " ".join(written)


def _goes_on(word: Word, after: Word) -> bool:
    """Whether a word and the next are one number."""
    joins = word.key.endswith("and") or (word.text.isdecimal() and int(word.text) >= 100)
    return joins and word.key.startswith(NUMBER) and after.key.startswith(NUMBER)


def _value(word: Word) -> int:
    """How much it adds to its number; 0 of the word between hundreds and the rest."""
    return int("0" + word.key.removeprefix(NUMBER).removesuffix("-and").removesuffix("and"))


def letter(name: str, language: Language) -> Word:
    names = LETTERS.get(language) or LETTERS.get(_plain(language), {})
    return Word(f"letter.{name}", names.get(name, name))


def number_words(number: int, language: Language) -> Iterator[Word]:
    """A number below 10,000 of recordings of 0 to 99, the hundreds, and the thousands: ``142`` as 100 and 42."""
    plain = _plain(language)
    for unit in (1000, 100):
        if number >= unit and (rest := number % unit):
            yield _leading(number - rest, plain)
            yield from _joint(unit, rest, plain)
            number = rest
    yield Word(f"number.{number}", str(number))


def _part(part: str, language: Language) -> Iterator[Word]:
    if not part.isdecimal():
        yield letter(part, language)
    elif len(part) > LONGEST_NUMBER:
        yield from (Word(f"number.{int(digit)}", str(int(digit))) for digit in part)
    else:
        yield from number_words(int(part), language)


def _leading(number: int, plain: Language) -> Word:
    if number == 100 and plain in HUNDRED_AND:
        return Word("number.100-and", HUNDRED_AND[plain])
    return Word(f"number.{number}", str(number))


def _joint(unit: int, rest: int, plain: Language) -> Iterator[Word]:
    """The word between hundreds or thousands and what follows them, where the language has one."""
    word = AND.get(plain) or (GAP.get(plain) if rest < unit // 10 else None)
    if word:
        yield Word("number.and", word)


def _plain(language: Language) -> Language:
    return language.partition("-")[0].lower()
