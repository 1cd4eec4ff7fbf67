"""Roles and permissions: the sets of roles that the rules of commands name, and who sends a command."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from shared.hall.errors import NotAllowed, PasswordMustChange


class Role(StrEnum):
    """What a person or a device is to a hall."""

    CUSTOMER = "customer"
    KIOSK = "kiosk"
    DISPLAY = "display"
    SIGN = "sign"
    CONSOLE = "console"
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"


STAFF_ROLES = (Role.SPECIALIST, Role.SUPERVISOR, Role.ADMINISTRATOR)
DEVICE_ROLES = (Role.KIOSK, Role.DISPLAY, Role.SIGN, Role.CONSOLE)

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
SUPERVISORS = ADMINISTRATORS | {Role.SUPERVISOR}
STAFF = frozenset(STAFF_ROLES)
DEVICES = frozenset(DEVICE_ROLES)
KIOSKS = frozenset({Role.KIOSK})
TICKET_GIVERS = STAFF | {Role.CUSTOMER, Role.KIOSK}
THE_CLOCK = ADMINISTRATORS | {Role.CLOCK}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person, device or program that sends a command. ``hall``: the id of its hall; None: it belongs to all."""

    name: str
    role: Role
    hall: str | None = None
    id: str = ""
    """The id of the person or device in the database; empty for those that have none."""
    address: str = ""
    """The network address they send from; empty for a program on the machine itself."""
    token: str = field(default="", repr=False, compare=False)
    """The session or device token they authenticated with; empty for those who needed none."""
    must_change: bool = False
    """Whether they have to replace their first password before anything else."""


def require_own_password(actor: Actor) -> Actor:
    """The actor; raises PasswordMustChange if they have not replaced their first password yet."""
    if actor.must_change:
        raise PasswordMustChange("Choose a password of your own first.")
    return actor


def require_staff(actor: Actor) -> None:
    """Raises NotAllowed if the actor is not staff."""
    if actor.role not in STAFF:
        raise NotAllowed("Only staff may read this.", role=actor.role)
