"""The outbox's store: tickets a kiosk issued on its own. Delivered ones stay, so that no number is issued twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from shared.durable_files import make_folder, sync_folder, write_whole
from shared.hall.errors import NoLabelLeft
from shared.hall.field_types import TicketId
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode
from shared.hall.labels import is_series, offline_label
from shared.link import state_files
from shared.link.outbox_salvage import GAP, Damaged, parsed_ticket, salvaged
from shared.requests.devices import Trouble, TroubleKind

T = TypeVar("T")

FILE = "tickets.db"
SERIES_FILE = "series"

TABLE = """CREATE TABLE tickets (
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
"""``place``: the order of taking. ``day``: the business day, or for a salvaged ticket one not before it. ``settled``: 1
once the hall has accepted or refused it. ``refused``: why. ``body``: the IssueTicket in JSON. A watermark has none.
"""

LAST_NUMBER = 9999
"""The last number of a business day: a label has at most four digits."""

ANY_SERIES = "*"
"""The series of a watermark, a row that is no ticket: up to its day, numbers of every series continue after its own."""

KEPT_DELIVERED = 20_000
"""How many of the newest tickets stay though settled: more than the 2 × LAST_NUMBER of two days of one series."""

LOCK_TIMEOUT = 2.0
"""Seconds to wait for another window of this kiosk that uses the file."""

REFUSED_SHOWN_TO_AGE = timedelta(days=7)
"""How long after it was taken staff are shown a refused ticket: later nobody comes with the paper."""


@dataclass(frozen=True, kw_only=True)
class MissingTicket:
    """A printed ticket that its hall does not have: it waits for delivery, or was refused."""

    label: str
    taken_at: datetime
    refusal: str = ""
    """Why the hall will never take it; empty while it waits for delivery."""


class OutboxStore:
    """The tickets of one kiosk for one hall, in an SQLite file that survives a power cut at any moment.

    A damaged file is salvaged into a new one. Methods raise sqlite3.Error, OSError or Damaged if the file can't be
    used: the disk fails, or another window holds it for longer than LOCK_TIMEOUT.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def put(self, command: IssueTicket, series: str, day: date) -> IssueTicket:
        """Store a ticket; returns it with its label: the next free one, or the stored one. Also raises NoLabelLeft."""

        def store(database: sqlite3.Connection) -> IssueTicket:
            stored = database.execute("SELECT body FROM tickets WHERE id = ?", [command.command_id]).fetchone()
            if stored:
                return parsed_ticket(stored[0])
            number = _next_number(database, series, day)
            body = _insert_unless_there(
                database, replace(command, offline_label=offline_label(series, number)), series, day, number
            )
            database.execute(
                "DELETE FROM tickets WHERE settled AND place <= (SELECT max(place) FROM tickets) - ?", [KEPT_DELIVERED]
            )
            return parsed_ticket(body)

        return self._transact(store)

    def undelivered(self) -> list[IssueTicket]:
        """The tickets to deliver, in the order they were taken."""
        query = "SELECT body FROM tickets WHERE NOT settled ORDER BY place"
        if not self.file.exists():  # most kiosks never lose their hall
            return []
        return self._transact(lambda database: [parsed_ticket(body) for (body,) in database.execute(query)])

    def settle(self, ticket_id: TicketId, refusal: str = "") -> None:
        """Mark a ticket as accepted, or refused for this reason: it is not delivered again."""
        change = "UPDATE tickets SET settled = 1, refused = ? WHERE id = ?"
        self._transact(lambda database: database.execute(change, [refusal, ticket_id]))

    def not_in_the_hall(self, now: datetime) -> list[MissingTicket]:
        """The undelivered tickets, and the refused ones that were taken within REFUSED_SHOWN_TO_AGE."""
        query = "SELECT body, refused FROM tickets WHERE NOT settled OR refused <> '' ORDER BY place"
        if not self.file.exists():  # most kiosks never lose their hall
            return []
        found = self._transact(lambda database: [_missing(*row) for row in database.execute(query)])
        return [one for one in found if not one.refusal or now - one.taken_at < REFUSED_SHOWN_TO_AGE]

    def close(self) -> None:
        with self._lock:
            self._close()

    # ── its series ──

    def series(self) -> str:
        """The series given to this kiosk; empty if none, or if its file can't be read; a damaged one is put aside."""
        return state_files.read(self.folder / SERIES_FILE, _series_name) or ""

    def keep_series(self, name: str) -> None:
        """Keep the series; raises OSError if the disk takes no change."""
        write_whole(self.folder / SERIES_FILE, name)

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction, durable when it ends; a damaged file is salvaged first. Raises as the class says."""
        with self._lock:
            try:
                return self._transact_once(work)
            except (sqlite3.Error, Damaged) as error:
                if not _is_damage(error, self.file) or not self._recover(error):
                    raise
                return self._transact_once(work)

    def _transact_once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        database = self._current_connection()
        try:
            database.execute("BEGIN IMMEDIATE")  # another window of this kiosk must not give the same number
            result = work(database)
            database.execute("COMMIT")
        except BaseException:
            self._close()  # which rolls back, also where the disk has failed
            raise
        return result

    def _current_connection(self) -> sqlite3.Connection:
        """The connection to the current file: another window may have put aside the one opened here."""
        if self._connection and _inode(self.file) != self._inode:
            self._close()
        if not self._connection:
            self._connection = _open(self.file)
            self._inode = _inode(self.file)
        return self._connection

    def _close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _recover(self, why: Exception) -> bool:
        """Put a damaged file aside and begin a new one with the salvaged tickets; False if the disk takes no change."""
        self._close()
        saved = salvaged(self.file.with_name(self.file.name + ending) for ending in ("", "-wal"))
        if state_files.put_aside(self.file, why, "-wal", "-shm", "-journal") is None:
            return False
        self._transact_once(lambda database: _insert_salvaged(database, saved))
        return True


def store_for_hall(folder: Path, key: str) -> OutboxStore:
    """The store for one hall in a station's state folder.

    ``key``: installation and hall of a paired kiosk, whatever their address; else the address in the settings.
    """
    return OutboxStore(folder / f"outbox-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}")


def all_stores(folder: Path) -> list[OutboxStore]:
    """Every store in a state folder: the address of a hall may have changed while tickets waited."""
    return [OutboxStore(file.parent) for file in sorted(folder.glob(f"outbox-*/{FILE}"))]


def refusal_troubles(folder: Path) -> Iterator[Trouble]:
    """The refused tickets staff are still shown, for the console; a store that can't be read has none."""
    for store in all_stores(folder):
        with contextlib.suppress(sqlite3.Error, OSError, Damaged), contextlib.closing(store):
            for one in store.not_in_the_hall(datetime.now(UTC)):
                if one.refusal:
                    yield Trouble(kind=TroubleKind.REFUSED, what=one.label, at=one.taken_at)


def _open(file: Path) -> sqlite3.Connection:
    """A connection to the file, made if missing; raises Damaged if it is unusable, sqlite3.Error or OSError."""
    if not file.exists():
        _create(file)
    if file.is_file() and not file.stat().st_size:  # we never leave it empty; a power cut can
        raise Damaged("it is empty")
    database = sqlite3.connect(file, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA fullfsync = ON")  # without it a Mac syncs to the disk's cache only
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a printed ticket must survive a power cut
        if (found := database.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise Damaged(str(found))
    except (sqlite3.Error, Damaged):
        database.close()
        raise
    return database


def _create(file: Path) -> None:
    """Create the file in one step with its table, so that an empty file means damage."""
    make_folder(file.parent.parent)
    make_folder(file.parent)
    new = file.with_name(f"{FILE}.{os.getpid()}-{threading.get_ident()}.new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite gives its -wal and -shm the same mode
    try:
        with contextlib.closing(sqlite3.connect(new)) as database:
            database.execute(TABLE)
        with contextlib.suppress(FileExistsError):  # another window was quicker
            _publish(new, file)
        sync_folder(file.parent)
    finally:
        new.unlink(missing_ok=True)


def _publish(new: Path, file: Path) -> None:
    """Give the new file its name; raises FileExistsError if another window was first.

    Without hard links nobody can tell: where ``rename`` can, the later file replaces the earlier, with its tickets.
    """
    try:
        os.link(new, file)
    except FileExistsError:
        raise
    except OSError:  # a USB stick or share without hard links
        new.rename(file)


def _inode(file: Path) -> int:
    with contextlib.suppress(OSError):
        return file.stat().st_ino
    return 0


def _is_damage(error: Exception, file: Path) -> bool:
    """Whether the file itself is broken, so that a new one helps; a full disk or a lock is no damage."""
    if isinstance(error, Damaged):
        return True
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # without the extended bits
    if code == sqlite3.SQLITE_CANTOPEN:
        return os.path.lexists(file) and not (file.is_file() and os.access(file, os.R_OK | os.W_OK))
    # SQLITE_ERROR: a missing table, which alone we expect; our own bad SQL would look the same
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _insert_salvaged(database: sqlite3.Connection, saved: list[IssueTicket]) -> None:
    """Store the salvaged tickets as undelivered, and a watermark well beyond their numbers: printed ones may be lost.

    Only the hall knows their business day: they are stored under the day after the UTC date on which they were taken,
    so that no number comes twice. Of two with one number on that date, from two business days, only the first is kept.
    """
    highest, latest_day = 0, datetime.now(UTC).date() + timedelta(days=1)
    for ticket in saved:
        series, _, number = str(ticket.offline_label).rpartition("-")
        day = ticket.taken_at.date() + timedelta(days=1) if ticket.taken_at else latest_day
        _insert_unless_there(database, ticket, series, day, int(number))
        highest, latest_day = max(highest, int(number)), max(latest_day, day)
    row = [f"beyond {latest_day} {highest}", ANY_SERIES, latest_day.isoformat(), min(LAST_NUMBER, highest + GAP)]
    database.execute("INSERT INTO tickets (id, series, day, number, body, settled) VALUES (?, ?, ?, ?, '', 1)", row)


def _insert_unless_there(database: sqlite3.Connection, ticket: IssueTicket, series: str, day: date, number: int) -> str:
    """Store a ticket unless its id or number is stored; returns its body. ``put`` has made sure that neither is."""
    body = json.dumps(encode(ticket))
    database.execute(
        "INSERT OR IGNORE INTO tickets (id, series, day, number, body) VALUES (?, ?, ?, ?, ?)",
        [ticket.command_id, series, day.isoformat(), number, body],
    )
    return body


def _next_number(database: sqlite3.Connection, series: str, day: date) -> int:
    """The number after the last of this business day, or of a later one if a clock was set back; raises NoLabelLeft."""
    query = "SELECT max(number) FROM tickets WHERE series IN (?, ?) AND day >= ?"
    number = int(database.execute(query, [series, ANY_SERIES, day.isoformat()]).fetchone()[0] or 0) + 1
    if number > LAST_NUMBER:
        raise NoLabelLeft("This kiosk can't give a number right now: please ask the staff.")
    return number


def _series_name(text: str) -> str:
    """The series in a file; raises ValueError if it is none."""
    if not is_series(text):
        raise ValueError(text[:16])
    return text


def _missing(body: str, refusal: str) -> MissingTicket:
    ticket = parsed_ticket(body)
    taken_at = ticket.taken_at or datetime.now(UTC)
    return MissingTicket(label=str(ticket.offline_label), taken_at=taken_at, refusal=refusal)
