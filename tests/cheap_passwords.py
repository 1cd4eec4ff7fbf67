"""Passwords at next to no cost: tests let hundreds of people in, and none of them keeps a real hall."""

from __future__ import annotations

from argon2 import PasswordHasher

from shared.backend.access import passwords

DEAR = passwords.hasher
"""As people have it."""


def make_passwords_cheap() -> None:
    """In this process, and in whatever is forked from it."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
