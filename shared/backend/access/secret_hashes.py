"""The hash under which tokens and other random secrets are stored."""

from __future__ import annotations

import hashlib


def hash_of(text: str) -> str:
    """SHA-256, hexadecimal. A token has 128 random bits or more, so no slower hash is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
