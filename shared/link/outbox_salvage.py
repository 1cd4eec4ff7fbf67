"""Salvage of tickets from the bytes of a damaged outbox: they were printed, so every one that is whole is delivered."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode
from shared.hall.labels import OFFLINE_LABEL
from shared.link.state_files import DAMAGE

GAP = 100
"""By how much numbers skip ahead of the highest that was salvaged from a damaged store."""

TICKET_START = re.compile(rb'\{"command_id"')
LONGEST_TICKET = 4096
"""Bytes; a ticket has some four hundred."""

OLDEST = timedelta(days=1)
"""How much older than the newest a ticket may be: the hall takes none of an earlier business day."""


class Damaged(Exception):  # noqa: N818  # an outcome, not an error
    """The outbox's file, or a ticket in it, can't be read."""


def parsed_ticket(body: str) -> IssueTicket:
    """The ticket stored in this text, without a newer version's fields; raises Damaged if it can't be read."""
    try:
        return _require_offline(decode(IssueTicket, json.loads(body), strict=False))
    except DAMAGE as error:
        raise Damaged(f"a ticket in it is unreadable ({type(error).__name__})") from error


def salvaged(files: Iterable[Path]) -> list[IssueTicket]:
    """The tickets that are still whole in these files, in the order they were taken.

    Delivered ones are among them: sent again, they get the answer they got before.
    """
    found: dict[str, IssueTicket] = {}
    for file in files:
        with contextlib.suppress(OSError):
            for ticket in _tickets(file.read_bytes()):
                found[ticket.command_id] = ticket
    newest = max((_taken_at(ticket) for ticket in found.values()), default=None)
    recent = [ticket for ticket in found.values() if newest and newest - _taken_at(ticket) <= OLDEST]
    return sorted(recent, key=lambda ticket: (_taken_at(ticket), _number(ticket)))


def _tickets(raw: bytes) -> Iterable[IssueTicket]:
    decoder = json.JSONDecoder()
    for start in TICKET_START.finditer(raw):
        with contextlib.suppress(*DAMAGE):
            body, _ = decoder.raw_decode(raw[start.start() :][:LONGEST_TICKET].decode("ascii", "replace"))
            yield _require_offline(decode(IssueTicket, body, strict=False))


def _require_offline(ticket: IssueTicket) -> IssueTicket:
    """The ticket; raises ValueError if the kiosk did not issue it offline."""
    if ticket.taken_at is None or not OFFLINE_LABEL.fullmatch(ticket.offline_label or ""):
        raise ValueError(ticket.offline_label)
    return ticket


def _number(ticket: IssueTicket) -> int:
    """The number in the kiosk's series: it orders two tickets of one millisecond."""
    return int(str(ticket.offline_label).rpartition("-")[2])


def _taken_at(ticket: IssueTicket) -> datetime:
    assert ticket.taken_at
    return ticket.taken_at
