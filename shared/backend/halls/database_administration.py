"""Administration of a database from the command line: init, add halls and people, check, back up, upgrade."""

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

from shared.backend.access.accounts import Accounts
from shared.backend.access.pairing import Pairing
from shared.backend.halls import consistency_check, journal, named_files, sample_halls
from shared.backend.halls.ledger import Ledger
from shared.backend.storage import machine_check, tables
from shared.backend.storage.database import OLDER, Database
from shared.hall.business_day import StartBusinessDay
from shared.hall.errors import LoginTaken, NoHallsYet, Unfit, UnknownHall
from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.roles import Actor, Role
from shared.hall.rules import decide
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Moment
from shared.requests.staff import first_password

INIT = Actor(name="init", role=Role.ADMINISTRATOR)


@contextlib.contextmanager
def opened(address: str, *, create: bool = False, current: bool = True) -> Iterator[DatabaseAdmin]:
    """Open the database for one command; raises Unfit if that fails, or with ``current`` for another version of it."""
    database = Database(address, create=create)
    if current:
        database.require_current()
    with contextlib.closing(Ledger(database)) as ledger:
        yield DatabaseAdmin(database, ledger)


def check_init(address: str, sample: str | None, name: str | None, time_zone: str | None) -> bool:
    """Whether there is an administrator already; raises what ``init`` would raise. Creates nothing, not even a file."""
    _first_command(slug(name or sample or "hall"), sample, name, time_zone)
    try:
        with opened(address) as admin:
            admin.require_first(sample, name)
            return admin.has_administrator()
    except NoHallsYet:
        return False


class DatabaseAdmin:
    """One database, as its administrator uses it."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self.database = database
        self.ledger = ledger
        self.accounts = Accounts(database)
        self.pairing = Pairing(database)

    # ── creating ──

    def init(self, sample: str | None, name: str | None, time_zone: str | None = None) -> HallId:
        """Create the first hall, from a sample or with one precedence, and return its id; again it changes nothing.

        Without a zone a sample keeps its own. Raises Refused for an unknown sample or zone, and Unfit if there is
        another hall: every customer would have to choose between two halls.
        """
        _first_command(slug(name or sample or "hall"), sample, name, time_zone)
        while True:
            hall, is_new = self._reserve(sample, name)
            with contextlib.suppress(UnknownHall):  # somebody else created another one at the same moment: try again
                return self._set_up(hall, sample, name, time_zone) if is_new else hall

    def _reserve(self, sample: str | None, name: str | None) -> tuple[HallId, bool]:
        """Create the first hall if it is missing; returns its id, and whether it is empty. Deletes other empty ones."""
        rows = tables.halls.c
        with self.database.writing() as connection:
            self.database.kind.lock(connection, ["init"])
            query = select(rows.id, rows.seq).order_by(rows.id).with_for_update()
            seqs = {row.id: row.seq for row in connection.execute(query)}
            hall = _first_hall([one for one, seq in seqs.items() if seq], sample, name)
            for cut_off in [one for one, seq in seqs.items() if not seq and one != hall]:
                journal.remove_hall(connection, cut_off)
            if hall not in seqs:
                journal.create_hall(connection, hall)
        return hall, not seqs.get(hall)

    def require_first(self, sample: str | None, name: str | None) -> HallId:
        """The id of the first hall, which may not exist yet; raises Unfit if there is another one."""
        return _first_hall([hall for hall in self.ledger.hall_ids() if self.ledger.hall(hall).seq], sample, name)

    def add_hall(
        self, hall_id: HallId, sample: str | None, name: str | None = None, time_zone: str | None = None
    ) -> HallId:
        """Create a hall, or finish one whose creation was cut off; raises Refused, and then there is none."""
        _first_command(hall_id, sample, name, time_zone)
        self.ledger.create_hall(hall_id)
        return self._set_up(hall_id, sample, name, time_zone)

    def _set_up(self, hall_id: HallId, sample: str | None, name: str | None, time_zone: str | None) -> HallId:
        """Set an empty hall up and start its day; raises UnknownHall if it is gone."""
        command = _first_command(hall_id, sample, name, time_zone)
        with self.database.reading() as connection:
            done = journal.commands_done(connection, hall_id, command.command_id)
        if not done:  # what people have changed since stays
            self.ledger.do(hall_id, command, INIT)
        self.ledger.do(hall_id, StartBusinessDay(), INIT)
        return hall_id

    def has_administrator(self) -> bool:
        return any(person.role is Role.ADMINISTRATOR for person in self.accounts.people.all())

    def appoint_administrator(self, password: str) -> bool:
        """Add the login ``admin``; returns False, without a change, if it is there already. Raises Invalid."""
        try:
            self.add_person("admin", password, Role.ADMINISTRATOR, None)
        except LoginTaken:
            return False
        return True

    def add_person(self, login: str, password: str, role: Role, hall_id: HallId | None) -> None:
        """Add a person with a password they may keep; raises Invalid or LoginTaken."""
        self.accounts.people.add(login, password, role, hall_id, must_change=False)

    def reset_password(self, login: str, password: str | None) -> str:
        """Set and return a first password, the given one or a new one; raises UnknownPerson or Invalid."""
        chosen = password or first_password()
        self.accounts.people.reset_password(self.accounts.people.with_login(login).id, chosen)
        return chosen

    def must_exist(self, hall_id: HallId | None) -> None:
        """Raises UnknownHall if a hall is named and not there."""
        if hall_id is not None:
            self.ledger.hall(hall_id)

    def named_or_only_hall(self, hall_id: HallId | None) -> HallId:
        """The named hall, or the only one there is; raises UnknownHall otherwise."""
        halls = self.ledger.hall_ids()
        if hall_id in halls or (hall_id is None and len(halls) == 1):
            return hall_id or halls[0]
        raise UnknownHall(f"Say which hall: --hall with one of {', '.join(halls) or '(none yet)'}.")

    # ── checking ──

    def faults(self) -> Iterator[str]:
        """A sentence for each fault of the machine and the halls; of an older database only that."""
        if not self.database.is_current():
            yield OLDER
            return
        yield from machine_check.faults(self.database)
        for hall in self.ledger.hall_ids():
            with self.database.reading() as connection:
                yield from consistency_check.faults(connection, hall)
        for known in self.ledger.readable_halls():
            yield from consistency_check.day_ahead(known, self.ledger.wall())
            with self.database.reading() as connection:
                yield from named_files.lacking(connection, known)

    def readable_halls(self) -> Iterator[Hall]:
        """The halls as they are now, without unreadable ones."""
        if self.database.is_current():
            yield from self.ledger.readable_halls()

    # ── backup and upgrade ──

    def backup(self, file: Path) -> None:
        """Copy the database; raises Unfit if the file is there already or its folder is not."""
        if file.exists():
            raise Unfit(f"{file} is there already: choose another name.")
        if not file.parent.is_dir():
            raise Unfit(f"There is no folder {file.parent}: make it first.")
        self.database.backup(file)

    def upgrade(self, *, backup: bool = True) -> Path | None:
        """Migrate the tables; returns the backup made before, None without one. Raises Unfit if that can't be done."""
        kept = _free_name(self.database.kind.upgrade_backup_path(self.database.revision())) if backup else None
        if kept:
            self.backup(kept)
        self.database.upgrade()
        self.database.scrub()  # deleted values may have named people
        return kept


def _free_name(file: Path) -> Path:
    """This name, or if there is such a file one with a number: the backup of an earlier, failed upgrade stays."""
    names = (file.with_stem(f"{file.stem}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([file], names) if not name.exists())


def _first_hall(existing: list[HallId], sample: str | None, name: str | None) -> HallId:
    """The id of the hall ``init`` creates, or has created before; raises Unfit if there is another hall."""
    hall = slug(name or sample or "hall")
    if not existing or hall in existing:
        return hall
    if sample or name:
        raise Unfit(
            f"There is a hall already ({', '.join(existing)}), and nothing was changed: "
            "`nowserving hall add NAME` adds another one."
        )
    return existing[0]


def slug(name: str) -> str:
    """A name as an id: ``Clinic North`` is ``clinic-north``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "hall"


def _first_command(hall_id: HallId, sample: str | None, name: str | None, zone: str | None) -> ImportSetUp:
    """The command that sets this hall up; raises Refused if an empty hall would refuse it."""
    [command] = sample_halls.commands(sample) if sample else [_empty_hall()]
    wanted = replace(_in_time_zone(_named(command, name), zone), command_id="init-0")
    decide(Hall(id=hall_id), wanted, Moment(datetime.now(UTC), 0))
    return wanted


def _empty_hall() -> ImportSetUp:
    """A hall without services and points, but with the precedence its first service needs."""
    return ImportSetUp(hall=HallSettings(name="Hall"), precedences=(sample_halls.regular_precedence(),))


def _named(command: ImportSetUp, name: str | None) -> ImportSetUp:
    return replace(command, hall=replace(command.hall, name=name)) if name else command


def _in_time_zone(command: ImportSetUp, zone: str | None) -> ImportSetUp:
    """The same hall in another time zone, and then without the public holidays of the sample's place."""
    if zone in (None, command.hall.time_zone):
        return command
    return replace(command, hall=replace(command.hall, time_zone=zone, holidays=""))
