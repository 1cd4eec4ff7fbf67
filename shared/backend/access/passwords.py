"""Passwords: which are strong enough, and how they are hashed (argon2id) and compared."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from shared.hall.errors import Invalid
from shared.hall.field_limits import PASSWORD
from shared.hall.input_checks import check_text

SHORTEST = 8
"""Characters (NIST SP 800-63B, 3.1.1.2: no rules of composition, but no common passwords)."""

LOWEST_SCORE = 2
"""The lowest zxcvbn score allowed (0 to 4): from it on a password takes more than a million guesses."""

CHECKED_LENGTH = 72
"""Characters zxcvbn looks at, the first: its time grows with their square."""

NO_PASSWORD = ""
"""The hash of people who sign in through the identity provider; no password matches it."""

hasher = PasswordHasher()
"""Argon2id at the cost of RFC 9106, 4: 64 MiB, three passes."""
_hashing = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and most of a core for a while: a crowd that signs in must not starve the hall."""


def require_good(password: str, login: str) -> None:
    """Raises Invalid if a password is too short, too long or easy to guess."""
    if len(password) < SHORTEST:
        raise Invalid("A password has at least 8 characters.")
    check_text(PASSWORD, password, "password")
    found = zxcvbn(password[:CHECKED_LENGTH], user_inputs=[login, "nowserving", "now serving"])
    if found["score"] < LOWEST_SCORE:
        raise Invalid(
            "This password is easy to guess: take a longer one, such as three words nobody else would put together."
        )


def hashed(password: str) -> str:
    with _hashing:
        return hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password matches. Without a hash it never does, but takes as long: time tells no unknown login."""
    with _hashing:
        try:
            hasher.verify(password_hash or decoy_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(password_hash)


@cache
def decoy_hash() -> str:
    """A hash no password matches, compared in place of a missing one."""
    return hasher.hash(secrets.token_hex())
