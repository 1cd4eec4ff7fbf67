"""The fingerprint of a certificate authority: sixteen characters by which people compare what two screens trust."""

from __future__ import annotations

import hashlib
import re
import ssl

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are misread for others or read aloud as something else."""

ONE_CERTIFICATE = re.compile(r"\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,8192}-----END CERTIFICATE-----\s*")


def fingerprint_of(pem: str) -> str:
    """The first 80 bits of a certificate's SHA-256, ``7QKX 03MB 9YTE HN2C``; raises ValueError unless ``pem`` is one.

    Another certificate with the same 80 bits can't be found by trying; 20 or 30 bits would be too few.
    """
    if not ONE_CERTIFICATE.fullmatch(pem):
        raise ValueError("This is not one certificate in PEM.")
    number = int.from_bytes(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()[:10], "big")
    characters = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return " ".join(characters[start : start + 4] for start in range(0, 16, 4))
