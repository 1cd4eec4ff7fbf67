"""Who may do what: every command names one of these sets in its rule."""

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
    """Whoever a command comes from. ``hall`` is the one hall they belong to, ``None`` for every hall."""

    name: str
    role: Role
    hall: str | None = None
    id: str = ""
    """The row of the person or device; empty for those that have none."""
    address: str = ""
    """The network address they came from; empty for a program on the machine itself."""
    token: str = field(default="", repr=False, compare=False)
    """What they came in with; empty for those who needed none."""
    must_change: bool = False
    """Whether they have to choose a password of their own before anything else."""


def settled(actor: Actor) -> Actor:
    """Whoever it is, if they may do something; raises PasswordMustChange for who came in with a first password."""
    if actor.must_change:
        raise PasswordMustChange("Choose a password of your own first.")
    return actor


def of_staff(actor: Actor) -> None:
    """Raises NotAllowed for whoever does not work here."""
    if actor.role not in STAFF:
        raise NotAllowed("Only staff may read this.", role=actor.role)
