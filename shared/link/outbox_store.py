"""The tickets a kiosk gave on its own, kept on its disk until its hall has them or says that it never will."""

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

from shared.access.devices import Trouble, TroubleKind
from shared.durable_files import make_folder, sync_folder, write_whole
from shared.hall.errors import NoLabelLeft
from shared.hall.field_types import TicketId
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode
from shared.hall.labels import is_series
from shared.link import state_files
from shared.link.outbox_salvage import Damaged, read, salvaged

T = TypeVar("T")

FILE = "tickets.db"
SERIES = "series"

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

LAST = 9999
"""The last number of a day: a label has at most four figures."""

ANY = "*"
"""In place of a series: the numbers of every series go on behind this one."""

BEYOND = 100
"""How far numbers go on behind the highest that a damaged box still told of."""

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


class OutboxStore:
    """The tickets of one kiosk for one hall, in a small database of its own that survives a power cut at any moment.

    A database that is damaged is put aside, and what can be saved of it goes on in a new one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._inode = 0

    def put(self, ticket: IssueTicket, series: str, day: date) -> IssueTicket:
        """The ticket with its label, once both are on disk; the same ticket again keeps its label."""

        def written(database: sqlite3.Connection) -> IssueTicket:
            kept = database.execute("SELECT body FROM tickets WHERE id = ?", [ticket.command_id]).fetchone()
            if kept:
                return read(kept[0])
            number = _next_number(database, series, day)
            body = _insert(database, replace(ticket, offline_label=f"{series}-{number:02}"), series, day, number)
            database.execute(
                "DELETE FROM tickets WHERE settled AND place <= (SELECT max(place) FROM tickets) - ?", [REMEMBERED]
            )
            return read(body)

        return self._do(written)

    def waiting(self) -> list[IssueTicket]:
        """What is to be delivered, in the order it was taken."""
        query = "SELECT body FROM tickets WHERE NOT settled ORDER BY place"
        if self._never_used():
            return []
        return self._do(lambda database: [read(body) for (body,) in database.execute(query)])

    def settle(self, ticket: TicketId, refused: str = "") -> None:
        """The hall has it, or will never take it and says why."""
        change = "UPDATE tickets SET settled = 1, refused = ? WHERE id = ?"
        self._do(lambda database: database.execute(change, [refused, ticket]))

    def stuck(self, now: datetime) -> list[Stuck]:
        """What waits, and what was refused of late."""
        query = "SELECT body, refused FROM tickets WHERE NOT settled OR refused <> '' ORDER BY place"
        if self._never_used():
            return []
        found = self._do(lambda database: [_stuck(*row) for row in database.execute(query)])
        return [one for one in found if not one.refused or now - one.taken_at < RECENT]

    def close(self) -> None:
        with self._lock:
            self._shut()

    # ── its series ──

    def series(self) -> str:
        """What the hall has told this kiosk to begin its numbers with; empty if it has never said."""
        return state_files.read(self.folder / SERIES, _a_series) or ""

    def keep_series(self, name: str) -> None:
        """Raises OSError."""
        write_whole(self.folder / SERIES, name)

    # ── its file ──

    def _never_used(self) -> bool:
        """Most kiosks never are without their hall: they need no file."""
        return not self.file.exists()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction, durable when it ends; raises sqlite3.Error or OSError."""
        with self._lock:
            try:
                return self._transaction(work)
            except (sqlite3.Error, Damaged) as error:
                if not _is_damage(error, self.file) or not self._begin_again(error):
                    raise
                return self._transaction(work)

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        database = self._opened()
        try:
            database.execute("BEGIN IMMEDIATE")  # another window of this kiosk must not give the same number
            result = work(database)
            database.execute("COMMIT")
        except BaseException:
            self._shut()  # which takes back what was not committed, also where the disk has failed
            raise
        return result

    def _opened(self) -> sqlite3.Connection:
        """The database there is: another window may have put aside the one that was open here."""
        if self._open and _inode(self.file) != self._inode:
            self._shut()
        if not self._open:
            self._open = _opened(self.file)
            self._inode = _inode(self.file)
        return self._open

    def _shut(self) -> None:
        if self._open:
            self._open.close()
        self._open = None

    def _begin_again(self, why: Exception) -> bool:
        """Put a damaged database aside and go on with what can be saved of it; False if the disk takes no change."""
        self._shut()
        saved = salvaged(self.file.with_name(self.file.name + ending) for ending in ("", "-wal"))
        if state_files.put_aside(self.file, why, "-wal", "-shm", "-journal") is None:
            return False
        self._transaction(lambda database: _save(database, saved))
        return True


def store_of(folder: Path, place: str) -> OutboxStore:
    """The box of this hall, in the folder where a station keeps things.

    A paired kiosk's place is its installation and hall, whatever their address; another's is the address it was given.
    """
    return OutboxStore(folder / f"outbox-{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}")


def stores(folder: Path) -> list[OutboxStore]:
    """Every box there is: the address of a hall may have changed while tickets waited."""
    return [OutboxStore(file.parent) for file in sorted(folder.glob(f"outbox-*/{FILE}"))]


def refused(folder: Path) -> Iterator[Trouble]:
    """The numbers on paper that a hall has refused of late, as staff are told of them."""
    for store in stores(folder):
        with contextlib.suppress(sqlite3.Error, OSError, Damaged), contextlib.closing(store):
            stuck = store.stuck(datetime.now(UTC))
            yield from (
                Trouble(kind=TroubleKind.REFUSED, what=one.label, at=one.taken_at) for one in stuck if one.refused
            )


def _opened(file: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error, OSError, Damaged."""
    if not file.exists():
        _make(file)
    if file.is_file() and not file.stat().st_size:  # as we never leave it, but a disk does that was cut off
        raise Damaged("it is empty")
    database = sqlite3.connect(file, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA fullfsync = ON")  # else a Mac calls it synced when it is in the memory of the disk
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # what is on paper must survive a power cut
        if (found := database.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise Damaged(str(found))
    except (sqlite3.Error, Damaged):
        database.close()
        raise
    return database


def _make(file: Path) -> None:
    """It appears at once with its table: whoever finds it empty knows that it is damaged."""
    make_folder(file.parent.parent)
    make_folder(file.parent)
    beside = file.with_name(f"{FILE}.{os.getpid()}-{threading.get_ident()}.new")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # which SQLite gives its own files too
    try:
        with contextlib.closing(sqlite3.connect(beside)) as database:
            database.execute(TABLE)
        with contextlib.suppress(FileExistsError):  # another window was quicker
            _name(beside, file)
        sync_folder(file.parent)
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, file: Path) -> None:
    """Raises FileExistsError."""
    try:
        os.link(beside, file)
    except FileExistsError:
        raise
    except OSError:  # a stick or a share that knows no links
        beside.rename(file)


def _inode(file: Path) -> int:
    with contextlib.suppress(OSError):
        return file.stat().st_ino
    return 0


def _is_damage(error: Exception, file: Path) -> bool:
    """Whether another file would do, and not another disk, more room or more patience."""
    if isinstance(error, Damaged):
        return True
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_CANTOPEN:
        return os.path.lexists(file) and not (file.is_file() and os.access(file, os.R_OK | os.W_OK))
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _save(database: sqlite3.Connection, saved: list[IssueTicket]) -> None:
    """What is known of a damaged box; numbers go on well beyond, for some that are on paper may not be known.

    The hall knows which business day they were of. Here they count for a day later, so that none comes twice.
    """
    highest, tomorrow = 0, datetime.now(UTC).date() + timedelta(days=1)
    for ticket in saved:
        series, _, number = str(ticket.offline_label).rpartition("-")
        day = ticket.taken_at.date() + timedelta(days=1) if ticket.taken_at else tomorrow
        _insert(database, ticket, series, day, int(number))
        highest, tomorrow = max(highest, int(number)), max(tomorrow, day)
    mark = [f"beyond {tomorrow} {highest}", ANY, tomorrow.isoformat(), min(LAST, highest + BEYOND)]
    database.execute("INSERT INTO tickets (id, series, day, number, body, settled) VALUES (?, ?, ?, ?, '', 1)", mark)


def _insert(database: sqlite3.Connection, ticket: IssueTicket, series: str, day: date, number: int) -> str:
    body = json.dumps(encode(ticket))
    database.execute(
        "INSERT OR IGNORE INTO tickets (id, series, day, number, body) VALUES (?, ?, ?, ?, ?)",
        [ticket.command_id, series, day.isoformat(), number, body],
    )
    return body


def _next_number(database: sqlite3.Connection, series: str, day: date) -> int:
    """The number after the last one of this day, or of a later one: a clock may have been set back."""
    query = "SELECT max(number) FROM tickets WHERE series IN (?, ?) AND day >= ?"
    number = int(database.execute(query, [series, ANY, day.isoformat()]).fetchone()[0] or 0) + 1
    if number > LAST:
        raise NoLabelLeft("All numbers of this service are taken: please come again a little later.")
    return number


def _a_series(text: str) -> str:
    """Raises ValueError."""
    if not is_series(text):
        raise ValueError(text[:16])
    return text


def _stuck(body: str, refused: str) -> Stuck:
    ticket = read(body)
    return Stuck(label=str(ticket.offline_label), taken_at=ticket.taken_at or datetime.now(UTC), refused=refused)
