"""The halls of one database as their administrator keeps them: listed, added, written to a file and read from one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from shared.backend.halls import journal
from shared.backend.halls.database_administration import DatabaseAdmin, slug
from shared.backend.storage import tables
from shared.hall.errors import Refused, Unfit, UnknownHall
from shared.hall.field_types import HallId, in_language
from shared.hall.hall import Hall
from shared.hall.roles import Actor, Role
from shared.hall.rules import decide
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Moment
from shared.hall.whole_set_up import Differences, Item, differences, set_up_of
from shared.set_up_file.reader import SetUpFile, in_words, open_file
from shared.set_up_file.writer import write

IMPORT = Actor(name="import", role=Role.ADMINISTRATOR)


STILL_THERE = (
    (tables.devices, "has devices: see `nowserving device list`, and revoke them first"),
    (tables.staff, "has people of its own: see `nowserving staff list`, and remove them first"),
)
"""What belongs to a hall and would be left without one."""


@dataclass(frozen=True)
class Listed:
    """A hall as it stands in the list of halls."""

    id: HallId
    name: str
    time_zone: str
    tickets: int
    """How many tickets it has given out this business day."""


def listed(admin: DatabaseAdmin) -> Iterator[Listed]:
    """Every hall, by id."""
    for hall in admin.ledger.readable():
        settings = hall.settings
        said = in_language(settings.name, settings.languages[0])
        yield Listed(hall.id, said, settings.time_zone, _tickets_today(admin, hall))


def _tickets_today(admin: DatabaseAdmin, hall: Hall) -> int:
    rows = tables.tickets.c
    query = select(func.count()).where(rows.hall_id == hall.id, rows.business_day == hall.business_day)
    with admin.database.reading() as connection:
        return int(connection.scalar(query) or 0)


def add(admin: DatabaseAdmin, name: str, sample: str | None, time_zone: str | None = None) -> HallId:
    """One more hall, from a sample or empty; raises Unfit if there is one of this name already."""
    if not name.strip():
        raise Unfit("A hall needs a name, and nothing was changed: write it behind `hall add`.")
    return admin.add_hall(_new(admin, _id_of(admin, name)), sample, name, time_zone)


def _id_of(admin: DatabaseAdmin, name: str) -> HallId:
    """The id that a name gives; one without a Latin letter gives none, and gets the next that is free."""
    hall = slug(name)
    if hall in name.lower() or hall != "hall":
        return hall
    others, more = {*admin.ledger.halls()}, (f"{hall}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([hall], more) if free not in others)


def remove(admin: DatabaseAdmin, hall: HallId, by: Actor) -> None:
    """Take away a hall nobody ever used; raises UnknownHall, or Unfit for one whose journal is somebody's history."""
    with admin.ledger.audit_writer.refusals("remove-hall", by=by), admin.database.writing() as connection:
        if hall not in connection.scalars(select(tables.halls.c.id)).all():
            raise UnknownHall(f"There is no hall {hall!r}: `nowserving hall list` says the ids of those there are.")
        journal.lock(connection, hall)
        for table, what in [(tables.tickets, "has given tickets out"), *STILL_THERE]:
            if connection.scalar(select(func.count()).select_from(table).where(table.c.hall_id == hall)):
                raise Unfit(f"{hall} stays, and nothing was changed: it {what}.")
        journal.remove_hall(connection, hall)
    admin.ledger.audit_writer.write_down("remove-hall", by=by, about=hall)


def export(admin: DatabaseAdmin, hall: HallId) -> str:
    """A hall's whole set-up as the text of a file."""
    return write(set_up_of(admin.ledger.hall(hall)))


@dataclass(frozen=True)
class Import:
    """A set-up file on its way into a hall. Every failure is Unfit, with the file's name, the line and the reason."""

    admin: DatabaseAdmin
    file: SetUpFile
    hall: HallId
    is_new: bool
    retire: bool

    @classmethod
    def begun(
        cls, admin: DatabaseAdmin, path: Path, *, hall: HallId | None, new: HallId | None, retire: bool
    ) -> Import:
        """Read the file and find the hall it is for; nothing has changed yet."""
        try:
            file = open_file(path)
        except Refused as refused:
            raise Unfit(in_words(path.name, refused)) from None
        return cls(admin, file, _new(admin, new) if new else admin.the_one(hall), bool(new), retire)

    def look(self) -> Differences:
        """What it would change. It is decided just as if it were meant, and not kept."""
        hall = Hall(id=self.hall) if self.is_new else self.admin.ledger.hall(self.hall)
        self._decided(lambda: decide(hall, self._command(), Moment(self.admin.ledger.wall(), hall.order)))
        return differences(set_up_of(hall), self.file.set_up)

    def do(self) -> Differences:
        """Make the hall so, in one transaction; what it changed."""
        changes = self.look()
        if self.is_new:
            self.admin.ledger.create_hall(self.hall)
        self._decided(lambda: self.admin.ledger.do(self.hall, self._command(), IMPORT))
        return changes

    def _command(self) -> ImportSetUp:
        return self.file.command(retire=self.retire)

    def _decided(self, ask: Callable[[], object]) -> None:
        try:
            ask()
        except Refused as refused:
            raise Unfit(in_words(self.file.name, self.file.located(refused))) from None


def told(changes: Differences, *, retire: bool) -> Iterator[str]:
    """Differences as an administrator reads them in a terminal, a line each."""
    extra = ("retire", "") if retire else ("keep", " (not in the file; --retire takes it away)")
    lines: list[tuple[str, tuple[Item, ...], str]] = [
        ("add", changes.added, ""),
        ("change", changes.changed, ""),
        (extra[0], changes.extra, extra[1]),
    ]
    for verb, items, note in lines:
        yield from (f"{verb:6} {' '.join(filter(None, item))}{note}" for item in items)
    if changes.reordered:
        yield "order  precedences"


def _new(admin: DatabaseAdmin, name: str) -> HallId:
    """The id of a hall that is not there yet, or was left empty when its beginning was cut off."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise Unfit("The id of a hall is up to 64 letters, digits, dots and dashes.")
    if name in admin.ledger.halls() and admin.ledger.hall(name).seq:
        raise Unfit(f"There is already a hall {name}: choose another name, or import into it with --hall {name}.")
    return name
