"""What an administrator does to a database without a window: begin, add people and devices, check, back up, upgrade."""

from __future__ import annotations

import contextlib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from shared.access.staff import first_password
from shared.backend.access.accounts import Accounts
from shared.backend.access.pairing import Pairing
from shared.backend.halls import consistency_check, journal, sample_halls
from shared.backend.halls.ledger import Ledger
from shared.backend.storage import machine_check, tables
from shared.backend.storage.database import OLDER, Database
from shared.hall.business_day import StartBusinessDay
from shared.hall.errors import LoginTaken, NoHallsYet, Unfit, UnknownHall
from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.roles import Actor, Role
from shared.hall.rules import decide
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import HallSettings, Moment

INIT = Actor(name="init", role=Role.ADMINISTRATOR)


@contextlib.contextmanager
def opened(address: str, *, create: bool = False, current: bool = True) -> Iterator[DatabaseAdmin]:
    """The database at this address, for one command; raises Unfit. ``current``: it must be of this version."""
    database = Database(address, create=create)
    if current:
        database.require_current()
    with contextlib.closing(Ledger(database)) as ledger:
        yield DatabaseAdmin(database, ledger)


def look_before_init(address: str, sample: str | None, name: str | None, time_zone: str | None) -> bool:
    """Whether there is an administrator already. Raises whatever ``init`` would, and makes nothing, not even a file."""
    _beginning(slug(name or sample or "hall"), sample, name, time_zone)
    try:
        with opened(address) as admin:
            admin.require_first(sample, name)
            return admin.has_administrator()
    except NoHallsYet:
        return False


class DatabaseAdmin:
    """One database in the hands of its administrator."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self.database = database
        self.ledger = ledger
        self.accounts = Accounts(database)
        self.pairing = Pairing(database)

    # ── beginning ──

    def init(self, sample: str | None, name: str | None, time_zone: str | None = None) -> HallId:
        """The first hall, from a sample or with one usual precedence; the same again changes nothing.

        Without a zone a sample keeps its own. Raises Refused for an unknown sample or zone, and Unfit where there is
        another hall: one that nobody wanted would stand before every customer.
        """
        _beginning(slug(name or sample or "hall"), sample, name, time_zone)
        while True:
            hall, is_new = self._reserved(sample, name)
            with contextlib.suppress(UnknownHall):  # somebody else began another one at the same moment: look again
                return self._begin(hall, sample, name, time_zone) if is_new else hall

    def _reserved(self, sample: str | None, name: str | None) -> tuple[HallId, bool]:
        """The id of the first hall, and whether it is still to begin; others whose beginning was cut off are gone."""
        rows = tables.halls.c
        with self.database.writing() as connection:
            self.database.kind.hold(connection, ["init"])
            query = select(rows.id, rows.seq).order_by(rows.id).with_for_update()
            seqs = {row.id: row.seq for row in connection.execute(query)}
            hall = _first([one for one, seq in seqs.items() if seq], sample, name)
            for cut_off in [one for one, seq in seqs.items() if not seq and one != hall]:
                journal.remove_hall(connection, cut_off)
            if hall not in seqs:
                journal.create_hall(connection, hall)
        return hall, not seqs.get(hall)

    def require_first(self, sample: str | None, name: str | None) -> HallId:
        """The id of the first hall, whether it is there yet or not; raises Unfit if there is another one."""
        return _first([hall for hall in self.ledger.halls() if self.ledger.hall(hall).seq], sample, name)

    def add_hall(
        self, hall: HallId, sample: str | None, name: str | None = None, time_zone: str | None = None
    ) -> HallId:
        """Begin a hall, or go on where its beginning was cut off; raises Refused, and then there is none."""
        _beginning(hall, sample, name, time_zone)
        self.ledger.create_hall(hall)
        return self._begin(hall, sample, name, time_zone)

    def _begin(self, hall: HallId, sample: str | None, name: str | None, time_zone: str | None) -> HallId:
        """What makes an empty hall one; raises UnknownHall if that is gone."""
        command = _beginning(hall, sample, name, time_zone)
        with self.database.reading() as connection:
            done = journal.commands_done(connection, hall, command.command_id)
        if not done:  # what people have changed since stays as they want it
            self.ledger.do(hall, command, INIT)
        self.ledger.do(hall, StartBusinessDay(), INIT)
        return hall

    def has_administrator(self) -> bool:
        return any(person.role is Role.ADMINISTRATOR for person in self.accounts.people.all())

    def appoint_administrator(self, password: str) -> bool:
        """The login ``admin``; False, and nothing happens, if somebody else has just done the same."""
        try:
            self.add_person("admin", password, Role.ADMINISTRATOR, None)
        except LoginTaken:
            return False
        return True

    def add_person(self, login: str, password: str, role: Role, hall: HallId | None) -> None:
        """Whoever opens the database told them their password, and they need not change it."""
        self.accounts.people.add(login, password, role, hall, must_change=False)

    def reset_password(self, login: str, password: str | None) -> str:
        """The first password of this person from now on: the one given, or a new one."""
        chosen = password or first_password()
        self.accounts.people.reset_password(self.accounts.people.named(login).id, chosen)
        return chosen

    def must_exist(self, hall: HallId | None) -> None:
        """Raises UnknownHall for a hall that is named and not there."""
        if hall is not None:
            self.ledger.hall(hall)

    def the_one(self, hall: HallId | None) -> HallId:
        """The hall named, or the only one there is; raises UnknownHall."""
        halls = self.ledger.halls()
        if hall in halls or (hall is None and len(halls) == 1):
            return hall or halls[0]
        raise UnknownHall(f"Say which hall: --hall with one of {', '.join(halls) or '(none yet)'}.")

    # ── checking ──

    def faults(self) -> Iterator[str]:
        """What is wrong, a sentence each."""
        if not self.database.is_current():
            yield OLDER
            return
        yield from machine_check.faults(self.database)
        for hall in self.ledger.halls():
            with self.database.reading() as connection:
                yield from consistency_check.faults(connection, hall)
        for known in self.ledger.readable():
            yield from consistency_check.day_ahead(known, self.ledger.wall())

    def readable(self) -> Iterator[Hall]:
        """The halls as they are now, without those that ``faults`` finds damaged."""
        if self.database.is_current():
            yield from self.ledger.readable()

    # ── keeping ──

    def backup(self, file: Path) -> None:
        """Copy the database; raises Unfit rather than overwrite a file."""
        if file.exists():
            raise Unfit(f"{file} is there already: choose another name.")
        if not file.parent.is_dir():
            raise Unfit(f"There is no folder {file.parent}: make it first.")
        self.database.backup(file)

    def upgrade(self, *, backup: bool = True) -> Path | None:
        """Bring the tables up to date; where the backup is, or None if none was wanted."""
        kept = _free(self.database.kind.before_upgrade(self.database.revision())) if backup else None
        if kept:
            self.backup(kept)
        self.database.upgrade()
        self.database.scrub()  # what an upgrade took away may have named people
        return kept


def _free(file: Path) -> Path:
    """This name, or with a number: an upgrade that failed left a copy, which stays."""
    names = (file.with_stem(f"{file.stem}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([file], names) if not name.exists())


def _first(there: list[HallId], sample: str | None, name: str | None) -> HallId:
    """Which hall ``init`` is about, of those there are or a new one; raises Unfit."""
    hall = slug(name or sample or "hall")
    if not there or hall in there:
        return hall
    if sample or name:
        raise Unfit(
            f"There is a hall already ({', '.join(there)}), and nothing was changed: "
            "`nowserving hall add NAME` adds another one."
        )
    return there[0]


def slug(name: str) -> str:
    """A name as an id: ``Clinic North`` is ``clinic-north``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "hall"


def _beginning(hall: HallId, sample: str | None, name: str | None, zone: str | None) -> ImportSetUp:
    """The one command that begins this hall; raises Refused if it would be."""
    [command] = sample_halls.commands(sample) if sample else [_empty()]
    wanted = replace(_placed(_named(command, name), zone), command_id="init-0")
    decide(Hall(id=hall), wanted, Moment(datetime.now(UTC), 0))
    return wanted


def _empty() -> ImportSetUp:
    """A hall without services and points, whose first service can be waited for."""
    return ImportSetUp(hall=HallSettings(name="Hall"), precedences=(sample_halls.usual(),))


def _named(command: ImportSetUp, name: str | None) -> ImportSetUp:
    return replace(command, hall=replace(command.hall, name=name)) if name else command


def _placed(command: ImportSetUp, zone: str | None) -> ImportSetUp:
    """The same hall on another clock, and then without the public holidays of where it was."""
    if zone in (None, command.hall.time_zone):
        return command
    return replace(command, hall=replace(command.hall, time_zone=zone, holidays=""))
