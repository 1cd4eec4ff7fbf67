"""Passwords: which ones are good enough, and how they are kept (argon2id) and compared."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from shared.hall.errors import Invalid
from shared.hall.field_limits import PASSWORD
from shared.hall.input_checks import require

SHORTEST = 8
"""Characters (NIST SP 800-63B, 3.1.1.2: no rules on what they are made of, but none that everybody tries)."""

GUESSABLE = 2
"""zxcvbn's score from which on a password takes more than a million guesses."""

LOOKED_AT = 72
"""Characters zxcvbn is shown: its time grows with their square."""

NOBODYS = ""
"""The hash of whoever has no password here, for they come by an identity provider; it matches none."""

hasher = PasswordHasher()
"""Argon2id at the cost of RFC 9106, 4: 64 MiB, three passes."""
_hashing = threading.BoundedSemaphore(2)
"""Each takes 64 MB and most of a core for a while: a crowd at the door must not starve the hall."""


def require_good(password: str, login: str) -> None:
    """Raises Invalid for a password that is too short, too long or among the first anybody would try."""
    if len(password) < SHORTEST:
        raise Invalid("A password has at least 8 characters.")
    require(PASSWORD, password, "password")
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[login, "nowserving", "now serving"])
    if found["score"] < GUESSABLE:
        raise Invalid(
            "This password is easy to guess: take a longer one, such as three words nobody else would put together."
        )


def hashed(password: str) -> str:
    with _hashing:
        return hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is this password. Nobody's hash takes as long as somebody's, and matches none."""
    with _hashing:
        try:
            hasher.verify(password_hash or of_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(password_hash)


@cache
def of_nobody() -> str:
    return hasher.hash(secrets.token_hex())
