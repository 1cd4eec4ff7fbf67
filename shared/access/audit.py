"""Who did what, and who was refused: read by those who answer for the hall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from shared.access.request import Request
from shared.hall.roles import SUPERVISORS

DONE = "done"
"""The outcome of what was not refused."""

SIGN_IN, SIGN_OUT = "sign-in", "sign-out"
AND_MORE = "and-more"
"""The act of a line that stands for others, as many as it is about: they came too fast to be written one by one."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One line of the audit."""

    id: str
    at: datetime
    role: str
    actor: str
    """A login or a device's name; empty for somebody unknown."""
    address: str
    act: str
    """A command's or a request's name, ``sign-in``, ``sign-out``, or what else was asked for."""
    about: str
    """What it names of the hall's: a ticket's label, a point, a person, a device."""
    outcome: str
    """``done``, or the name of the refusal."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some lines, the newest first, and where the next ones begin: empty when there are no older ones."""

    acts: tuple[Act, ...]
    older: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadAudit(Request[Page]):
    """The lines of this hall that fit, the newest first; what is left empty does not matter."""

    ANSWER = Page
    ALLOWED = SUPERVISORS

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    """Part of a name or an address."""
    act: str = ""
    refused: bool = False
    """Whether only what was refused is wanted."""
    before: str = ""
    """The ``older`` of the page before."""
    limit: int = 200


REQUESTS: tuple[type[Request[Any]], ...] = (ReadAudit,)

COLUMNS = ("time", "role", "who", "address", "what", "about", "outcome")
"""The titles of the audit as a table for other programs, which are the same in every language."""


def columns(act: Act, zone: tzinfo) -> tuple[str, ...]:
    """A line as such a table has it, its time on the hall's own clock."""
    at = act.at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
    return at, act.role, act.actor, act.address, act.act, act.about, act.outcome
