"""Which logins are allowed: normalized, and of one script, so that none looks like another."""

from __future__ import annotations

import re
from unicodedata import name, normalize

from shared.hall.errors import Invalid

WRITTEN_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
"""Scripts that are written together."""


def normalized(login: str) -> str:
    """A login in Unicode's NFKC, in which wide letters are plain ones, ligatures are spelled out, accents composed."""
    return normalize("NFKC", login)


def is_of_one_script(login: str) -> bool:
    """Whether all letters are of one script, or of some written together; ASCII digits and signs go with any."""
    # Python knows no scripts, but a letter's Unicode name begins with its script
    scripts = {name(letter, "?").removeprefix("EXTENDED ").split()[0] for letter in login if _has_script(letter)}
    scripts = {script.partition("-")[0] for script in scripts}
    return len(scripts) <= 1 or any(scripts <= those for those in WRITTEN_TOGETHER)


def checked_login(text: str) -> str:
    """A login, normalized; raises Invalid if it is not allowed."""
    login = normalized(text)
    if not re.fullmatch(r"[\w.@-]{1,64}", login):
        raise Invalid("A login is up to 64 letters, digits, dots, dashes, underscores and @.")
    if not is_of_one_script(login):
        raise Invalid("A login uses letters of one script only, so that no two look alike. Please type it again.")
    return login


def _has_script(letter: str) -> bool:
    return not letter.isascii() or letter.isalpha()
