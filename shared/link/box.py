"""The tickets a kiosk gave on its own, kept on its disk until its hall has them or says that it never will."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shared.durable import make_folder
from shared.hall.errors import NoLabelLeft
from shared.hall.issuing import IssueTicket
from shared.hall.wire import decode, encode
from shared.hall.words import TicketId

FILE = "tickets.db"

LAST = 9999
"""The last number of a day: a label has at most four figures."""

REMEMBERED = 20_000
"""Tickets kept after they were delivered: more than two days can give, so that no number comes twice."""

RECENT = timedelta(days=7)
"""How long a refused ticket is told of: later nobody comes with the paper."""


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A ticket that is on paper and not in its hall."""

    label: str
    taken_at: datetime
    refused: str = ""
    """Why the hall will never take it; empty while it waits to be delivered."""


class Box:
    """The tickets of one kiosk for one hall, in a small database of its own that survives a power cut at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def put(self, ticket: IssueTicket, series: str, day: date) -> IssueTicket:
        """The ticket with its label, once both are on disk; the same ticket again keeps its label."""
        with self._writing() as database:
            kept = database.execute("SELECT body FROM tickets WHERE id = ?", [ticket.command_id]).fetchone()
            if kept:
                return _read(kept[0])
            number = _next_number(database, series, day)
            body = json.dumps(encode(replace(ticket, offline_label=f"{series}-{number:02}")))
            database.execute(
                "INSERT INTO tickets (id, series, day, number, body) VALUES (?, ?, ?, ?, ?)",
                [ticket.command_id, series, day.isoformat(), number, body],
            )
            database.execute(
                "DELETE FROM tickets WHERE settled AND place <= (SELECT max(place) FROM tickets) - ?", [REMEMBERED]
            )
        return _read(body)

    def waiting(self) -> list[IssueTicket]:
        """What is to be delivered, in the order it was taken."""
        if self._never_used():
            return []
        with self._writing() as database:
            rows = database.execute("SELECT body FROM tickets WHERE NOT settled ORDER BY place")
            return [_read(body) for (body,) in rows]

    def settle(self, ticket: TicketId, refused: str = "") -> None:
        """The hall has it, or will never take it and says why."""
        with self._writing() as database:
            database.execute("UPDATE tickets SET settled = 1, refused = ? WHERE id = ?", [refused, ticket])

    def stuck(self, now: datetime) -> list[Stuck]:
        """What waits, and what was refused of late."""
        if self._never_used():
            return []
        with self._writing() as database:
            rows = database.execute(
                "SELECT body, refused FROM tickets WHERE NOT settled OR refused <> '' ORDER BY place"
            )
            found = [_stuck(body, refused) for body, refused in rows.fetchall()]
        return [one for one in found if not one.refused or now - one.taken_at < RECENT]

    def close(self) -> None:
        with self._lock:
            if self._open:
                self._open.close()
            self._open = None

    def _never_used(self) -> bool:
        """Most kiosks never are without their hall: they need no file."""
        return not (self.folder / FILE).exists()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when it ends; raises sqlite3.Error or OSError."""
        with self._lock:
            database = self._open = self._open or _opened(self.folder / FILE)
            try:
                database.execute("BEGIN IMMEDIATE")  # another window of this kiosk must not give the same number
                yield database
                database.execute("COMMIT")
            except BaseException:
                database.close()  # which takes back what was not committed, also where the disk has failed
                self._open = None
                raise


def box_of(folder: Path, place: str) -> Box:
    """The box of this hall, in the folder where a station keeps things.

    A paired kiosk's place is its installation and hall, whatever their address; another's is the address it was given.
    """
    return Box(folder / f"outbox-{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}")


def boxes(folder: Path) -> list[Box]:
    """Every box there is: the address of a hall may have changed while tickets waited."""
    return [Box(file.parent) for file in sorted(folder.glob(f"outbox-*/{FILE}"))]


def _opened(file: Path) -> sqlite3.Connection:
    make_folder(file.parent)
    database = sqlite3.connect(file, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA fullfsync = ON")  # else a Mac calls it synced when it is in the memory of the disk
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # what is on paper must survive a power cut
        database.execute(
            """CREATE TABLE IF NOT EXISTS tickets (
                place INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                series TEXT NOT NULL,
                day TEXT NOT NULL,
                number INTEGER NOT NULL,
                body TEXT NOT NULL,
                settled INTEGER NOT NULL DEFAULT 0,
                refused TEXT NOT NULL DEFAULT '',
                UNIQUE (series, day, number)
            )"""
        )
    except sqlite3.Error:
        database.close()
        raise
    return database


def _next_number(database: sqlite3.Connection, series: str, day: date) -> int:
    """The number after the last one of this day, or of a later one: a clock may have been set back."""
    rows = database.execute("SELECT max(number) FROM tickets WHERE series = ? AND day >= ?", [series, day.isoformat()])
    number = int(rows.fetchone()[0] or 0) + 1
    if number > LAST:
        raise NoLabelLeft("All numbers of this service are taken: please come again a little later.")
    return number


def _read(body: str) -> IssueTicket:
    return decode(IssueTicket, json.loads(body))


def _stuck(body: str, refused: str) -> Stuck:
    ticket = _read(body)
    return Stuck(label=str(ticket.offline_label), taken_at=ticket.taken_at or datetime.now(UTC), refused=refused)
