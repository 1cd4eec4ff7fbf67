"""What a login may be: letters of one script, each in its usual form, so that none passes for another."""

from __future__ import annotations

import re
from unicodedata import name, normalize

from shared.hall.errors import Invalid

TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
"""Scripts of one writing."""


def usual(login: str) -> str:
    """A login with each letter in its usual form (Unicode's NFKC): wide, ligated and composed ones are the same."""
    return normalize("NFKC", login)


def is_of_one_script(login: str) -> bool:
    """Python knows no scripts; a letter's name begins with its own. Figures of ASCII go with any."""
    scripts = {name(sign, "?").removeprefix("EXTENDED ").split()[0] for sign in login if _tells(sign)}
    scripts = {script.partition("-")[0] for script in scripts}
    return len(scripts) <= 1 or any(scripts <= those for those in TOGETHER)


def as_login(text: str) -> str:
    """A login as it is kept; raises Invalid for what can be none."""
    login = usual(text)
    if not re.fullmatch(r"[\w.@-]{1,64}", login):
        raise Invalid("A login is up to 64 letters, digits, dots and dashes.")
    if not is_of_one_script(login):
        raise Invalid("A login has letters of one script: one of another could pass for somebody else's. Type it anew.")
    return login


def _tells(sign: str) -> bool:
    return not sign.isascii() or sign.isalpha()
