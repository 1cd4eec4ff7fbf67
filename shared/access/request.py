"""What is asked about who may come in: a value that says who may ask it and what kind of answer it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from shared.hall.errors import NotAllowed, kebab
from shared.hall.roles import Actor, Role, settled

A = TypeVar("A")


@dataclass(frozen=True, kw_only=True)
class Request(Generic[A]):
    """A question or a wish that is no part of a hall's history, for it names people or holds secrets.

    It is asked of the backend about one hall. ``ANSWER`` is the type of what comes back.
    """

    ANSWER: ClassVar[Any]
    ALLOWED: ClassVar[frozenset[Role]]
    BEFORE_ALL: ClassVar[bool] = False
    """Whether it may be asked by somebody who has yet to choose a password of their own."""

    @classmethod
    def type_name(cls) -> str:
        """Its name in an address: ``list-staff``."""
        return kebab(cls.__name__)


@dataclass(frozen=True, kw_only=True)
class Done:
    """It is so now."""


def permit(request: Request[Any], by: Actor, hall: str) -> None:
    """Raises NotAllowed or PasswordMustChange unless ``by`` may ask this about this hall."""
    if by.hall not in (None, hall):
        raise NotAllowed("You belong to another hall.")
    if not request.BEFORE_ALL:
        settled(by)
    if by.role not in request.ALLOWED:
        raise NotAllowed("Your role may not do this.", role=by.role)
