"""Writes a database with two days of everything a hall does, as this program writes it, into this folder."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared.backend.access.accounts import Accounts
from shared.backend.halls import journal, sample_halls
from shared.backend.halls.clock import Clock
from shared.backend.halls.ledger import Ledger
from shared.backend.storage.database import Database
from shared.hall.json_codec import decode_command
from shared.hall.roles import Actor, Role

FOLDER = Path(__file__).parent
FIRST_DAY = datetime(2025, 3, 3, 8, tzinfo=UTC)
ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)


KIOSK = Actor(name="kiosk", role=Role.KIOSK, hall="clinic")


class Clinic:
    """A hall that is told everything by the names of commands and fields, for other releases have other values."""

    def __init__(self, ledger: Ledger, clock: Ahead) -> None:
        self._ledger = ledger
        self._clock = clock
        self._numbers = count(1)

    def do(self, kind: str, /, **fields: Any) -> None:
        given = {"command_id": f"made-{next(self._numbers)}", **fields}
        by = KIOSK if fields.get("origin") == "kiosk" else ADMIN
        self._ledger.do("clinic", decode_command(kind, given), by)

    def here(self, kind: str, point: str, **fields: Any) -> None:
        """Something done with the ticket that the point has."""
        self.do(kind, point=point, ticket=self._ledger.hall("clinic").points[point].ticket, **fields)

    def call(self, point: str) -> None:
        self.do("call-next", point=point, holding=self._ledger.hall("clinic").points[point].ticket)

    def two_days(self) -> None:
        """The second is still going on, with a snapshot on the way."""
        self.do("start-business-day")
        for point in ("1", "2", "3"):
            self.do("activate-point", point=point)
            self.do("issue-ticket", service="registration")
        self.call("1")
        self._clock.forward(timedelta(days=1))
        self.people_come()
        self.people_are_called()
        self.the_set_up_changes()
        self.call("1")
        self.do("undo-last", point="1")
        self.do("deactivate-point", point="3")

    def people_come(self) -> None:
        for number in range(1, 13):
            owner = {"language": ("en", "de", "ru", "ar")[number % 4], "token_hash": f"{number:064x}"}
            self.do("issue-ticket", command_id=f"t{number}", service="registration", **owner)
        self.do("issue-ticket", command_id="first", service="registration", precedence="priority", origin="web")
        self.do("issue-ticket", command_id="ill", service="doctor", origin="kiosk")
        self.do("check-in", command_id="booked", service="doctor", appointed_at="2025-03-04T08:30:00Z")
        self.do("cancel-ticket", ticket="t12")

    def people_are_called(self) -> None:
        self.call("1")
        for kind in ("recall", "start-service", "finish-service"):
            self.here(kind, "1")
        self.call("1")
        self.here("mark-no-show", "1")
        self.do("reinstate-ticket", ticket="t1", point="1")
        self.call("1")
        self.here("return-to-queue", "1")
        self.do("call-ticket", point="2", ticket="t5")
        self.here("start-service", "2")
        self.here("park-ticket", "2", reason="x-ray")
        self.do("resume-ticket", point="2", ticket="t5")
        self.do("undo-last", point="2")
        self.do("resume-ticket", point="2", ticket="t5")
        self.call("2")
        self.here("transfer-ticket", "2", to_service="doctor", place="first")
        self.call("3")
        self.here("transfer-ticket", "3", to_point="2", place="last")
        for _ in range(4):
            self.call("1")
        self.do("undo-last", point="1")
        self.call("2")
        self.here("start-service", "2")
        self.do("give-feedback", ticket="first", rating=4)

    def the_set_up_changes(self) -> None:
        self.do("pause-point", point="3", reason="lunch")
        self.do("resume-point", point="3")
        self.do("take-point", point="3", console="one")
        self.do("define-service", id="short", name="Short", prefix="S")
        self.do("retire-service", service="short")
        self.do("define-day", date="2025-03-04", reason="Stocktaking")
        self.do("retire-day", date="2025-03-04")
        for name in ("upstairs", "stairs"):
            pages = [{"kind": "text", "text": "Welcome"}]
            self.do("define-display", id=name, name=name.title(), layout="calls-media", playlist=pages)
        self.do("retire-display", display="stairs")


class Ahead(Clock):
    """A clock of long ago that goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self._ticks = count(0, 1000)
        self._more = timedelta()

    def wall(self) -> datetime:
        return FIRST_DAY + timedelta(milliseconds=next(self._ticks)) + self._more

    def elapsed(self) -> int:
        return next(self._ticks)

    def forward(self, by: timedelta) -> None:
        self._more += by


def write(path: Path) -> str:
    """Make the database; its form."""
    clock = Ahead()
    database = Database(f"sqlite:///{path}", create=True)
    with patch.object(journal, "SNAPSHOT_EVERY", 20), closing(Ledger(database, clock)) as ledger:
        ledger.create_hall("clinic")
        for command in sample_halls.commands("clinic"):
            ledger.do("clinic", command, ADMIN)
        Clinic(ledger, clock).two_days()
        Accounts(database).add_device("Kiosk", Role.KIOSK, "clinic")
        return str(database.revision())


def kept(path: Path) -> bytes:
    """The database as SQL, small; what the machine's clock wrote lies as long ago as all the rest."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for table in ("halls", "devices"):
            raw.execute(f"UPDATE {table} SET created_at = ?", [f"{FIRST_DAY:%Y-%m-%d %H:%M:%S.%f}"])
        return gzip.compress("\n".join(raw.iterdump()).encode(), mtime=0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "halls.db"
        form = write(file)
        (FOLDER / f"{form}.sql.gz").write_bytes(kept(file))
