"""The base of all requests about people, devices, contacts and the audit: who may send one, what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from shared.hall.errors import NotAllowed, kebab
from shared.hall.roles import Actor, Role, require_own_password

A = TypeVar("A")


@dataclass(frozen=True, kw_only=True)
class Request(Generic[A]):
    """A query or action kept out of a hall's journal, because it names people or holds secrets.

    It is sent to the backend about one hall. ``ANSWER`` is the type of its answer.
    """

    ANSWER: ClassVar[Any]
    ALLOWED: ClassVar[frozenset[Role]]
    BEFORE_PASSWORD_CHANGE: ClassVar[bool] = False
    """Whether somebody who must change their password first may send it."""

    @classmethod
    def type_name(cls) -> str:
        """Its name in a URL: ``list-staff``."""
        return kebab(cls.__name__)


@dataclass(frozen=True, kw_only=True)
class Done:
    """The answer of a request that only changes something."""


def require_permission(request: Request[Any], by: Actor, hall: str) -> None:
    """Raises NotAllowed or PasswordMustChange unless ``by`` may send this request about this hall."""
    if by.hall not in (None, hall):
        raise NotAllowed("You belong to another hall.")
    if not request.BEFORE_PASSWORD_CHANGE:
        require_own_password(by)
    if by.role not in request.ALLOWED:
        raise NotAllowed("Your role may not do this.", role=by.role)
