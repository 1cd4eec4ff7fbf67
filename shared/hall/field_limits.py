"""Limits of the fields of commands and set-ups: how long a text may be and of which characters, how large a number.

A field's type names its form (``TicketId = Annotated[str, ID]``). ``check_input`` checks it as a command or request
comes in, the tables take their column lengths from here, and the OpenAPI document says it. Events in a journal were
accepted under the limits of their time and are never checked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from shared.hall.units import Minutes, Seconds


def can_be_shown(text: str) -> bool:
    """Whether it holds neither control characters nor halves of surrogate pairs."""
    return text.isprintable() or not any(category(sign) in ("Cc", "Cs") for sign in text)


ZERO_WIDTH_JOINERS = "\u200c\u200d"
"""Persian, Indic scripts and emoji need these between two characters."""

INVISIBLE = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols by their Unicode category, but blank."""

_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def is_name(text: str) -> bool:
    """Whether it is blank, or has a visible character and none that is hidden or changes the direction of writing."""
    if not text.strip():
        return True  # the rules decide whether a name may be empty
    bare = re.sub(rf"(?<=\S)[{ZERO_WIDTH_JOINERS}](?=[^\s{ZERO_WIDTH_JOINERS}])", "", text)
    hidden = any(category(sign) in _HIDDEN_CATEGORIES or sign in INVISIBLE for sign in bare)
    return not hidden and any(category(sign)[0] in "LNPS" for sign in bare)


DIRECTION_MARKS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def without_direction_marks(text: str) -> str:
    """A text to be shown, without characters that change the direction of writing around it."""
    return text if text.isprintable() else text.translate(DIRECTION_MARKS)


def isolated(text: str) -> str:
    """A text to be shown within a sentence: it keeps its own direction of writing, and the sentence does too."""
    return f"\u2068{without_direction_marks(text)}\u2069"


@dataclass(frozen=True, eq=False)  # two of the same limits are two: typing keeps one ``Annotated`` for equal ones
class TextFormat:
    """What a text field may hold."""

    longest: int
    """Characters."""
    pattern: str = ""
    """A regular expression for the whole text; empty: ``allows`` decides."""
    sentence: str = ""
    """The refusal of a text that does not fit; empty: a general one that says what is wrong."""
    allows: Callable[[str], bool] = can_be_shown
    """Says whether a text may be this one, where there is no pattern."""

    def fits(self, text: str) -> bool:
        allowed = re.fullmatch(self.pattern, text) if self.pattern else self.allows(text)
        return len(text) <= self.longest and bool(allowed)

    def __get_pydantic_json_schema__(self, core: Any, described: Any) -> dict[str, Any]:
        """The limits in the OpenAPI document."""
        pattern = {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        return {**described(core), "maxLength": self.longest, **pattern}


TEXT = TextFormat(2_000)
"""Any field whose type names no other form."""

REMARK = TextFormat(TEXT.longest)
"""What staff write about a customer. It may name people: see ``Remark``."""

NAME = TextFormat(2_000, allows=is_name)
"""What people call something."""

ID = TextFormat(64)
"""No id in a hall is longer: a longer one is refused without looking for it."""

_UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
COMMAND_ID = TextFormat(
    64,
    f"(?!(?=.*[A-F]){_UUID}$)[A-Za-z0-9_-]{{1,64}}",
    "A command_id is a UUID in lower case, or up to 64 other letters, digits and dashes.",
)
"""A UUID only in lower case: the same one in capitals would be another command, and act again."""

HASH = TextFormat(64, "[0-9a-f]{64}", "{field} is a SHA-256: 64 hexadecimal digits in lower case.")
LANGUAGE = TextFormat(16)
PREFIX = TextFormat(3, "[A-Z0-9]{1,3}", "A prefix is one to three capital letters or digits.")
OUTCOME = TextFormat(64, allows=is_name)
CONSOLE = TextFormat(64)
LOGIN = TextFormat(64)
PASSWORD = TextFormat(128, r"[^\ud800-\udfff]*", "A password has at most 128 characters.")
DEVICE = TextFormat(64, allows=is_name)
VERSION = TextFormat(32, "[A-Za-z0-9_.+-]{1,32}", "A version is up to 32 letters, digits, dots and dashes.")
PERSON_NAME = TextFormat(100, allows=is_name)
PHONE = TextFormat(40)
"""Anything may be pasted, as some phones put direction marks around a number."""
CLIP_KEY = TextFormat(
    80,
    r"letter\.[A-Z]|number\.([1-9]?[0-9]|[1-9]00|[1-9]000|100-and|and)|point\.[A-Za-z0-9._-]{1,64}"
    r"|sentence\.(number|several|look)",
    "A clip says something like letter.A, number.42 or point.room-1.",
)
"""What a voice has a word for: anything else would never be heard."""
MEDIUM_NAME = TextFormat(128, allows=is_name)
PAGE_TEXT = TextFormat(
    2_000,
    "",
    "A text page has at most {most} characters, all of which can be shown.",
    allows=lambda text: all(map(is_name, text.split("\n"))),
)
"""The one text of several lines."""
TICKER = TextFormat(2_000, allows=is_name)
WEB_ADDRESS = TextFormat(2_000, allows=is_name)
ADDRESS = TextFormat(64)
"""A network address, as a proxy may write it."""

# ── numbers ──

LONGEST_ALLOWANCE: Minutes = 7 * 24 * 60
"""Of any span in a set-up; an allowance of more than a day already means strict priority."""

LONGEST_KEPT = 30 * 24
"""Hours, the largest ``keep_contacts``: 30 days, longer than anybody complains about a visit."""

MOST_RECALLS = 20
"""The largest ``recalls_before_no_show``."""

LONGEST_COOL_DOWN: Seconds = 3600
"""The largest ``no_show_after``."""

LARGEST_SERIAL_NUMBER = 9999
"""Of a service point."""

LONGEST_PAUSE: Minutes = 12 * 60
"""The largest ``minutes`` of a service point's pause: no working day is longer."""

FARTHEST_SEAT = (1, 60)
"""Metres: the least and the most from a hall display to its last seat."""

LARGEST_SCREEN = (5, 150)
"""Inches: the smallest and the largest diagonal of a hall display."""

LONGEST_PAGE: tuple[Seconds, Seconds] = (3, 3600)
"""The shortest and the longest time a page plays beside the calls."""

MOST_PAGES = 50
"""Of a playlist."""

MOST_CLIPS = 2_000
"""Of a hall: every letter and number in ten languages."""

MOST_VOLUMES = 12
"""How often the volume of announcements may change in a day."""

MOST_ANNOUNCEMENTS = 3
"""The largest ``announce_times``."""

LONGEST_GAP: Seconds = 30
"""The largest ``announce_gap``."""
