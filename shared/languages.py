"""Languages by their tags (BCP 47), as CLDR knows them: which suits a reader, their own names, how they run."""

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

WISH = re.compile(
    r"[ \t]*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)
"""One member of an Accept-Language header (RFC 9110, 12.5.4)."""

MOST_WISHES = 50
"""Members of a header that are read; a phone sends a handful."""


class Wish(NamedTuple):
    """A language range, ``*`` for any, and how much it is wanted: 0 not at all, 1 most."""

    range: str
    weight: float


def preferred(header: str, offered: Sequence[Language]) -> Language | None:
    """What of these suits an Accept-Language header best; None if nothing does."""
    read = [WISH.fullmatch(member) for member in header.split(",")[:MOST_WISHES]]
    wishes = [Wish(found[1], float(found[2] or 1)) for found in read if found]
    decided = {tag: _most_specific(tag, wishes) for tag in offered}
    left = [tag for tag in offered if (by := decided[tag]) is None or by.weight]
    rest = [tag for tag in left if (by := decided[tag]) and by.range == "*"]
    wanted = sorted((wish for wish in wishes if wish.weight), key=lambda wish: -wish.weight)
    tried = (next(iter(rest), None) if wish.range == "*" else suited(wish.range, left) for wish in wanted)
    return next((found for found in tried if found), None)


def _most_specific(tag: Language, wishes: Sequence[Wish]) -> Wish | None:
    """The wish that decides about a language: the longest that it begins with (RFC 4647, 3.3.1)."""
    about = [wish for wish in wishes if wish.range == "*" or f"{tag}-".lower().startswith(f"{wish.range}-".lower())]
    return max(about, key=lambda wish: len(wish.range.strip("*")), default=None)


def best(wishes: Iterable[Language], offered: Sequence[Language]) -> Language | None:
    """What of these suits the first of somebody's languages that anything suits; None if nothing does."""
    return next((found for wish in wishes if (found := suited(wish, offered))), None)


def suited(wanted: Language, offered: Sequence[Language]) -> Language | None:
    """What of these suits whoever wants this language; None if nothing does.

    The look-up of RFC 4647, 3.4, along CLDR's lines: the language itself, then what stands above it (``es-419`` above
    ``es-MX``), never out of its script (``zh-TW`` is not ``zh``); then any country's that is written alike.
    """
    line = _line(wanted)
    lines = {tag: _line(tag) for tag in offered}
    for above in line:
        for tag in offered:
            if lines[tag][0] == above:
                return tag
    alike = next((tag for tag in offered if lines[tag][-1] == line[-1]), None)
    return alike or _cut_short(wanted, offered)


def _cut_short(wanted: Language, offered: Sequence[Language]) -> Language | None:
    """The bare look-up of RFC 4647: what somebody calls ``zh``, in whatever script, is nearer than another language."""
    tags = {tag.lower(): tag for tag in reversed(offered)}
    range_ = wanted.lower()
    while range_ and range_ not in tags:
        range_ = range_.rpartition("-")[0]
    return tags.get(range_)


@lru_cache(1024)
def _line(tag: Language) -> tuple[str, ...]:
    """The language with its script, and what stands above it: ``pt_Latn_AO``, ``pt_Latn_PT``, ``pt_Latn``."""
    parts = _parts(tag)
    line = ["_".join(parts)]
    while above := _above(*parts):
        parts = above
        line.append("_".join(parts))
    return tuple(line)


def _above(language: str, script: str, *rest: str) -> tuple[str, ...] | None:
    parent = PARENTS.get("_".join((language, script, *rest))) if rest else None
    parent = parent or PARENTS.get("_".join((language, *rest)))
    if parent:
        return _parts(parent)
    return (language, script, *rest[:-1]) if rest else None


def _parts(tag: Language) -> tuple[str, ...]:
    """Language, script (the likely one where none is said), and what else the tag says."""
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


# ── what they are called, and how they run ──


@lru_cache(256)
def own_name(language: Language) -> str:
    """What those who speak it call a language: ``Deutsch``, ``Português (Brasil)``; its tag where nobody knows.

    It stands on a key, so it begins with a capital where its letters have any; CLDR writes it as inside a sentence.
    """
    found = locale_of(language)
    named = (found.get_display_name() or found.get_display_name("en")) if found else None
    return named[:1].title() + named[1:] if named else language


@lru_cache(256)
def is_right_to_left(language: Language) -> bool:
    found = locale_of(language) or locale_of(LIKELY.get(f"und_{_parts(language)[1]}", ""))
    return found is not None and found.text_direction == "rtl"


def locale_of(language: Language) -> Locale | None:
    """What CLDR knows of a language in its script; None if nothing."""
    try:
        found = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None
    return found if _parts(str(found))[1] == _parts(language)[1] else None
