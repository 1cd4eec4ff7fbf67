"""Languages by their tags (BCP 47), as CLDR knows them: the best match for a reader, own names, text direction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from shared.hall.field_types import Language

LIKELY = get_global("likely_subtags")
PARENTS = get_global("parent_exceptions")
ALIASES = get_global("language_aliases")

RANGE = re.compile(
    r"[ \t]*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)
"""One member of an Accept-Language header (RFC 9110, 12.5.4)."""

MAX_RANGES = 50
"""How many members of a header are read; phones send a few."""


class WeightedRange(NamedTuple):
    """A language range, ``*`` for any, and its weight: 0 (not acceptable) to 1."""

    range: str
    weight: float


def preferred(header: str, offered: Sequence[Language]) -> Language | None:
    """The offered language that suits an Accept-Language header best; None if none does."""
    read = [RANGE.fullmatch(member) for member in header.split(",")[:MAX_RANGES]]
    ranges = [WeightedRange(found[1], float(found[2] or 1)) for found in read if found]
    decided = {tag: _most_specific(tag, ranges) for tag in offered}
    acceptable = [tag for tag in offered if (by := decided[tag]) is None or by.weight]
    only_by_star = [tag for tag in acceptable if (by := decided[tag]) and by.range == "*"]
    wanted = sorted((one for one in ranges if one.weight), key=lambda one: -one.weight)
    tried = (next(iter(only_by_star), None) if one.range == "*" else suited(one.range, acceptable) for one in wanted)
    return next((found for found in tried if found), None)


def _most_specific(tag: Language, ranges: Sequence[WeightedRange]) -> WeightedRange | None:
    """The range that decides about a language: the longest that it begins with (RFC 4647, 3.3.1); None if none does."""
    matching = [one for one in ranges if one.range == "*" or f"{tag}-".lower().startswith(f"{one.range}-".lower())]
    return max(matching, key=lambda one: len(one.range.strip("*")), default=None)


def best(wanted: Iterable[Language], offered: Sequence[Language]) -> Language | None:
    """The offered language for the first of a reader's languages that has one; None if none has."""
    return next((found for one in wanted if (found := suited(one, offered))), None)


def suited(wanted: Language, offered: Sequence[Language]) -> Language | None:
    """The offered language that suits a reader of the wanted one; None if none does.

    The look-up of RFC 4647, 3.4, along CLDR's parents: the language itself, then its parents (``es-419`` of
    ``es-MX``), in its script (``zh-TW`` is not ``zh``); then any country's; then in another script.
    """
    lineage = _lineage(wanted)
    lineages = {tag: _lineage(tag) for tag in offered}
    for parent in lineage:
        for tag in offered:
            if lineages[tag][0] == parent:
                return tag
    alike = next((tag for tag in offered if lineages[tag][-1] == lineage[-1]), None)
    return alike or _plain_look_up(wanted, offered)


def _plain_look_up(wanted: Language, offered: Sequence[Language]) -> Language | None:
    """The bare look-up of RFC 4647: the same language in another script is better than another language."""
    tags = {tag.lower(): tag for tag in reversed(offered)}
    range_ = wanted.lower()
    while range_ and range_ not in tags:
        range_ = range_.rpartition("-")[0]
    return tags.get(range_)


@lru_cache(1024)
def _lineage(tag: Language) -> tuple[str, ...]:
    """The language with its script, and its parents: ``pt_Latn_AO``, ``pt_Latn_PT``, ``pt_Latn``."""
    parts = _parts(tag)
    lineage = ["_".join(parts)]
    while parent := _parent(*parts):
        parts = parent
        lineage.append("_".join(parts))
    return tuple(lineage)


def _parent(language: str, script: str, *rest: str) -> tuple[str, ...] | None:
    parent = PARENTS.get("_".join((language, script, *rest))) if rest else None
    parent = parent or PARENTS.get("_".join((language, *rest)))
    if parent:
        return _parts(parent)
    return (language, script, *rest[:-1]) if rest else None


def _parts(tag: Language) -> tuple[str, ...]:
    """Language, script (the likely one if the tag has none), and the tag's other parts."""
    language, *rest = tag.replace("-", "_").split("_")
    language = ALIASES.get(language.lower(), language.lower())
    if "_" in language:
        language, script = language.split("_")
    elif rest and len(rest[0]) == 4 and rest[0].isalpha():
        script = rest.pop(0).title()
    else:
        country = next((part.upper() for part in rest if re.fullmatch("[A-Za-z]{2}|[0-9]{3}", part)), "")
        likely = LIKELY.get(f"{language}_{country}") or LIKELY.get(language) or "__"
        script = likely.split("_")[1]
    return (language, script, *(part.upper() for part in rest))


# ── names, direction, locale ──


@lru_cache(256)
def own_name(language: Language) -> str:
    """A language's name in itself, ``Deutsch``, ``Português (Brasil)``; its tag if CLDR has none.

    It is shown on a key, so it begins with a capital if its script has any; CLDR writes it as inside a sentence.
    """
    found = locale_of(language)
    named = (found.get_display_name() or found.get_display_name("en")) if found else None
    return named[:1].title() + named[1:] if named else language


@lru_cache(256)
def is_right_to_left(language: Language) -> bool:
    found = locale_of(language) or locale_of(LIKELY.get(f"und_{_parts(language)[1]}", ""))
    return found is not None and found.text_direction == "rtl"


def locale_of(language: Language) -> Locale | None:
    """CLDR's locale of a language in its script; None if it has none."""
    try:
        found = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None
    return found if _parts(str(found))[1] == _parts(language)[1] else None
