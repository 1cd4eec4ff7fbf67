"""The desk beside the hall: answers what ``shared.access`` asks about who may come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from shared.access.request import Request, permit
from shared.backend import devices, people
from shared.backend.accounts import Accounts
from shared.backend.ledger import Ledger
from shared.hall.roles import Actor
from shared.hall.words import HallId

A = TypeVar("A")


class Desk:
    """One database's people and devices, asked on behalf of somebody about one hall."""

    def __init__(self, ledger: Ledger, accounts: Accounts) -> None:
        self.ledger = ledger
        self.accounts = accounts

    def answer(self, hall: HallId, request: Request[A], by: Actor) -> A:
        """What is so, or what was wished and is so now; raises Refused or Unreachable."""
        permit(request, by, hall)
        self.ledger.must_exist(hall)
        if answer := people.ANSWERS.get(type(request)):
            return cast("A", answer(self.accounts.people, hall, request, by))
        return cast("A", ANSWERS[type(request)](self, hall, request, by))


ANSWERS: Mapping[type[Request[Any]], Callable[[Desk, HallId, Any, Actor], Any]] = {
    **devices.ANSWERS,
}
