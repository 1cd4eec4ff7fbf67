"""How secrets are kept: as something that can be compared, and not turned back."""

from __future__ import annotations

import hashlib


def hash_of(text: str) -> str:
    """SHA-256, hexadecimal. A token has 128 random bits or more, so nothing slower is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
