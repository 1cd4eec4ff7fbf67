"""Tickets in what is left of a damaged box: they are on paper, so whatever can be told from its bytes is delivered."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode
from shared.hall.labels import OFFLINE
from shared.link.state_files import DAMAGE

BEGINS = re.compile(rb'\{"command_id"')
LONGEST = 4096
"""Bytes of a ticket; it has some four hundred."""

A_DAY = timedelta(days=1)
"""How much older than the newest a ticket may be: the hall takes none of an earlier business day."""


class Damaged(Exception):  # noqa: N818  # it is what is looked for
    """What stands in the box is no ticket."""


def read(body: str) -> IssueTicket:
    """The ticket somebody holds; raises Damaged. What a newer version wrote beside it is left out."""
    try:
        return _require(decode(IssueTicket, json.loads(body), strict=False))
    except DAMAGE as error:
        raise Damaged(f"a ticket in it is unreadable ({type(error).__name__})") from error


def salvaged(files: Iterable[Path]) -> list[IssueTicket]:
    """Whatever these files still say of tickets, in the order they were taken; each is whole, or it is left out.

    Those that were delivered are among them: the hall answers the same again.
    """
    found: dict[str, IssueTicket] = {}
    for file in files:
        with contextlib.suppress(OSError):
            for ticket in _tickets(file.read_bytes()):
                found[ticket.command_id] = ticket
    newest = max((_taken(ticket) for ticket in found.values()), default=None)
    recent = [ticket for ticket in found.values() if newest and newest - _taken(ticket) <= A_DAY]
    return sorted(recent, key=lambda ticket: (_taken(ticket), _number(ticket)))


def _tickets(raw: bytes) -> Iterable[IssueTicket]:
    reads = json.JSONDecoder()
    for beginning in BEGINS.finditer(raw):
        with contextlib.suppress(*DAMAGE):
            said, _ = reads.raw_decode(raw[beginning.start() :][:LONGEST].decode("ascii", "replace"))
            yield _require(decode(IssueTicket, said, strict=False))


def _require(ticket: IssueTicket) -> IssueTicket:
    """Raises ValueError for one that was on no paper."""
    if ticket.taken_at is None or not OFFLINE.fullmatch(ticket.offline_label or ""):
        raise ValueError(ticket.offline_label)
    return ticket


def _number(ticket: IssueTicket) -> int:
    """Of the kiosk's own series: it tells two of one millisecond apart."""
    return int(str(ticket.offline_label).rpartition("-")[2])


def _taken(ticket: IssueTicket) -> datetime:
    assert ticket.taken_at
    return ticket.taken_at
