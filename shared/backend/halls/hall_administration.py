"""Administration of halls from the command line: list, add, remove, export to a file, import from one."""

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
from shared.hall.values import Moment
from shared.hall.whole_set_up import Differences, Item, differences, set_up_of
from shared.set_up_file.reader import SetUpFile, open_file, refusal_text
from shared.set_up_file.writer import write

IMPORT = Actor(name="import", role=Role.ADMINISTRATOR)

KEEPS_A_HALL = (
    (tables.devices, "has devices: see `nowserving device list`, and revoke them first"),
    (tables.staff, "has people of its own: see `nowserving staff list`, and remove them first"),
)
"""Tables with a row of the hall, that keep it from being removed, and what to say then."""


@dataclass(frozen=True)
class ListedHall:
    id: HallId
    name: str
    time_zone: str
    tickets: int
    """Issued this business day."""


def list_halls(admin: DatabaseAdmin) -> Iterator[ListedHall]:
    """All halls that can be read; raises Unreachable."""
    for hall in admin.ledger.readable_halls():
        settings = hall.settings
        name = in_language(settings.name, settings.languages[0])
        yield ListedHall(hall.id, name, settings.time_zone, _tickets_today(admin, hall))


def _tickets_today(admin: DatabaseAdmin, hall: Hall) -> int:
    rows = tables.tickets.c
    query = select(func.count()).where(rows.hall_id == hall.id, rows.business_day == hall.business_day)
    with admin.database.reading() as connection:
        return int(connection.scalar(query) or 0)


def add(admin: DatabaseAdmin, name: str, sample: str | None, time_zone: str | None = None) -> HallId:
    """Add a hall, from a sample or empty; returns its id. Raises Unfit for an empty or taken name, or Refused."""
    if not name.strip():
        raise Unfit("A hall needs a name, and nothing was changed: write it after `hall add`.")
    return admin.add_hall(_new_id(admin, _id_of(admin, name)), sample, name, time_zone)


def _id_of(admin: DatabaseAdmin, name: str) -> HallId:
    """The id made from a name; without a Latin letter it is the next free ``hall-…``."""
    hall = slug(name)
    if hall in name.lower() or hall != "hall":
        return hall
    taken, numbered = {*admin.ledger.hall_ids()}, (f"{hall}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([hall], numbered) if free not in taken)


def remove(admin: DatabaseAdmin, hall_id: HallId, by: Actor) -> None:
    """Remove a hall nobody ever used; raises UnknownHall, or Unfit if it has issued tickets, has devices or people."""
    with admin.ledger.audit_writer.refusals("remove-hall", by=by), admin.database.writing() as connection:
        if hall_id not in connection.scalars(select(tables.halls.c.id)).all():
            raise UnknownHall(f"There is no hall {hall_id!r}: `nowserving hall list` shows the ids of all halls.")
        journal.lock(connection, hall_id)
        for table, reason in [(tables.tickets, "has given out tickets"), *KEEPS_A_HALL]:
            if connection.scalar(select(func.count()).select_from(table).where(table.c.hall_id == hall_id)):
                raise Unfit(f"{hall_id} stays, and nothing was changed: it {reason}.")
        journal.remove_hall(connection, hall_id)
    admin.ledger.audit_writer.queue_entry("remove-hall", by=by, about=hall_id)


def export(admin: DatabaseAdmin, hall_id: HallId) -> str:
    """A hall's whole set-up as the text of a file; raises UnknownHall."""
    return write(set_up_of(admin.ledger.hall(hall_id)))


@dataclass(frozen=True)
class Import:
    """Imports a set-up file into a hall. A refusal becomes Unfit, with the file's name, the line and the reason."""

    admin: DatabaseAdmin
    file: SetUpFile
    hall: HallId
    is_new: bool
    retire: bool

    @classmethod
    def prepare(
        cls, admin: DatabaseAdmin, path: Path, *, hall: HallId | None, new: HallId | None, retire: bool
    ) -> Import:
        """Read the file and find its hall, changing nothing; raises Unfit, or what ``named_or_only_hall`` raises."""
        try:
            file = open_file(path)
        except Refused as refused:
            raise Unfit(refusal_text(path.name, refused)) from None
        return cls(admin, file, _new_id(admin, new) if new else admin.named_or_only_hall(hall), bool(new), retire)

    def preview(self) -> Differences:
        """What the import would change, without doing it; raises Unfit if the hall would refuse."""
        hall = Hall(id=self.hall) if self.is_new else self.admin.ledger.hall(self.hall)
        command, now = self.file.command(retire=self.retire), Moment(self.admin.ledger.wall(), hall.order)
        self._try(lambda: decide(hall, command, now))
        return differences(set_up_of(hall), self.file.set_up)

    def do(self) -> Differences:
        """Import in one transaction, into a new hall if ``is_new``; returns what it changed. Raises Unfit."""
        changes = self.preview()
        if self.is_new:
            self.admin.ledger.create_hall(self.hall)
        self._try(lambda: self.admin.ledger.do(self.hall, self.file.command(retire=self.retire), IMPORT))
        return changes

    def _try(self, decide_import: Callable[[], object]) -> None:
        try:
            decide_import()
        except Refused as refused:
            raise Unfit(refusal_text(self.file.name, self.file.located(refused))) from None


def as_lines(changes: Differences, *, retire: bool) -> Iterator[str]:
    """The differences for the terminal, one line each; with ``retire`` the extra items of the hall are retired."""
    verb, note = ("retire", "") if retire else ("keep", " (not in the file; --retire takes it away)")
    lines: list[tuple[str, tuple[Item, ...], str]] = [
        ("add", changes.added, ""),
        ("change", changes.changed, ""),
        (verb, changes.extra, note),
    ]
    for verb, items, note in lines:
        yield from (f"{verb:6} {' '.join(filter(None, item))}{note}" for item in items)
    if changes.reordered:
        yield "order  precedences"


def _new_id(admin: DatabaseAdmin, name: str) -> HallId:
    """The name, if it can be a new hall's id; raises Unfit for a bad or taken one. An empty hall does not take it."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise Unfit("The id of a hall is up to 64 letters, digits, dots and dashes.")
    if name in admin.ledger.hall_ids() and admin.ledger.hall(name).seq:
        raise Unfit(f"There is already a hall {name}: choose another name, or import into it with --hall {name}.")
    return name
