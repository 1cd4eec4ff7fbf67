"""Cheap password hashes, because tests sign in hundreds of people."""

from __future__ import annotations

from argon2 import PasswordHasher

from shared.backend.access import passwords

DEAR = passwords.hasher
"""The hasher of the product."""


def make_passwords_cheap() -> None:
    """In this process and those forked from it."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
