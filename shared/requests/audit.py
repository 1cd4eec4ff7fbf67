"""The audit as staff read it: its entries, the request for a page of them, and the columns of its export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from shared.hall.roles import SUPERVISORS
from shared.requests.request import Request

DONE = "done"
"""The outcome of a command or request that was not refused."""

SIGN_IN, SIGN_OUT = "sign-in", "sign-out"
AND_MORE = "and-more"
"""The act of an entry that says in ``about`` how many others were skipped: they came faster than the rate limit."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One entry of the audit."""

    id: str
    at: datetime
    role: str
    actor: str
    """A login or a device's name; empty if unknown."""
    address: str
    act: str
    """The name of a command or request, ``sign-in``, ``sign-out``, or another action."""
    about: str
    """The ticket's label, service point, person or device concerned."""
    outcome: str
    """``done``, or the name of the refusal."""


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Some entries, the newest first, and the cursor of the next page: empty when there are no older ones."""

    acts: tuple[Act, ...]
    older: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadAudit(Request[AuditPage]):
    """The entries of this hall that match, the newest first; an empty field matches all."""

    ANSWER = AuditPage
    ALLOWED = SUPERVISORS

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    """Part of a login, a device's name or an address."""
    act: str = ""
    refused: bool = False
    """Whether to return refusals only."""
    before: str = ""
    """The ``older`` of the page before."""
    limit: int = 200
    """Entries in a page."""


REQUESTS: tuple[type[Request[Any]], ...] = (ReadAudit,)

COLUMNS = ("time", "role", "who", "address", "what", "about", "outcome")
"""The column titles of an exported audit, the same in every language."""


def columns(act: Act, zone: tzinfo) -> tuple[str, ...]:
    """An entry as a row of the export, its time in the hall's time zone."""
    at = act.at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
    return at, act.role, act.actor, act.address, act.act, act.about, act.outcome
