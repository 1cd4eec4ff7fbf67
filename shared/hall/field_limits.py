"""What a text may be that somebody sends: how long, and of which signs; declared once, beside its type.

A field's type names its form (``TicketId = Annotated[str, ID]``). ``readable`` looks at it at the door, the tables take
their lengths from here, and the API's description says it. What a journal holds was let in under the rules of its time
and is never looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import category


def can_be_shown(text: str) -> bool:
    return text.isprintable() or not any(category(sign) in ("Cc", "Cs") for sign in text)


JOINERS = "\u200c\u200d"
"""Persian, Indic scripts and emoji can't be written without these; they stand between two signs."""

BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs by their category, and nothing to be seen."""

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def is_name(text: str) -> bool:
    """Whether it is all that is seen of it: something of it is visible, nothing hides or turns the direction."""
    if not text.strip():
        return True  # whether there has to be one is for the rules to say
    bare = re.sub(rf"(?<=\S)[{JOINERS}](?=[^\s{JOINERS}])", "", text)
    hidden = any(category(sign) in _HIDDEN or sign in BLANKS for sign in bare)
    return not hidden and any(category(sign)[0] in "LNPS" for sign in bare)


TURNING = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def unturned(text: str) -> str:
    """As it is shown, whoever wrote it and when: without what turns the direction of the writing around it."""
    return text if text.isprintable() else text.translate(TURNING)


def isolated(text: str) -> str:
    """A text somebody wrote, within a line of others: whatever its direction, the rest keeps its own."""
    return f"\u2068{unturned(text)}\u2069"


@dataclass(frozen=True)
class Form:
    """``longest``: characters."""

    longest: int
    pattern: str = ""
    """What the whole of it matches; none: whatever can be shown."""
    sentence: str = ""
    """What is said of a text that is not of this form; none: just what is wrong with it."""
    signs: Callable[[str], bool] = can_be_shown
    """Whether it is made of what may stand there, where no pattern says so."""

    def fits(self, text: str) -> bool:
        of_these = re.fullmatch(self.pattern, text) if self.pattern else self.signs(text)
        return len(text) <= self.longest and bool(of_these)

    def __get_pydantic_json_schema__(self, core: Any, described: Any) -> dict[str, Any]:
        """How the API's description says it."""
        pattern = {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        return {**described(core), "maxLength": self.longest, **pattern}


TEXT = Form(2_000)
"""Whatever names no other form; nothing a hall is told needs more."""

REMARK = Form(TEXT.longest)
"""What a person says about a customer. It may name people: see ``Remark``."""

NAME = Form(2_000, signs=is_name)
"""What something is called, wherever it is named to people."""

ID = Form(64)
"""Names something: what no hall can know need not be looked for."""

_UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
COMMAND_ID = Form(
    64,
    f"(?!(?=.*[A-F]){_UUID}$)[A-Za-z0-9_-]{{1,64}}",
    "A command_id is a UUID, its letters small, or up to 64 other letters, digits and dashes.",
)
"""A UUID in one form alone: in another it would be another command, and act twice."""

HASH = Form(64, "[0-9a-f]{64}", "{field} is a SHA-256: 64 hexadecimal figures, the letters small.")
LANGUAGE = Form(16)
OUTCOME = Form(64, signs=is_name)
CONSOLE = Form(64)
LOGIN = Form(64)
PASSWORD = Form(128, r"[^\ud800-\udfff]*", "A password has at most 128 characters.")
DEVICE = Form(64, signs=is_name)
VERSION = Form(32, "[A-Za-z0-9_.+-]{1,32}", "A version is up to 32 letters, figures, dots and dashes.")
PERSON_NAME = Form(100, signs=is_name)
PHONE = Form(40)
"""Whatever is pasted: what some telephones put around a number turns nothing here."""
ADDRESS = Form(64)
"""Where on the network somebody is; a proxy may call it what it likes."""
