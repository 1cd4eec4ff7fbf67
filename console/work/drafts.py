"""What somebody has written about a visit and not sent yet, on this machine's disk: a crash does not take it.

It may name people. So each file is for its owner alone, is shown to nobody but who wrote it, beside the same visit, and
goes with the customer. Names and telephones the reception asks for are never written here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.point_state import Draft
from shared.durable_files import write_whole
from shared.hall.hall import Hall
from shared.hall.values import AT_A_POINT
from shared.link.state_files import put_aside, put_asides

log = logging.getLogger(__name__)

LONGEST_VISIT = 26 * 3600
"""Seconds: a business day with an hour more in autumn. What is older belongs to a hall this console left."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)
"""What reading a damaged file may raise; the last comes of nesting without end."""


@dataclass(frozen=True)
class DraftedVisit:
    """Whose draft about whom."""

    hall: str
    login: str
    ticket: str


@dataclass(frozen=True)
class Confirmed:
    """A note somebody has confirmed; it stays here until the hall keeps it, under this id, or they know it never will.

    ``label`` is of the ticket, which the hall may not know any more by then.
    """

    id: str
    visit: DraftedVisit
    text: str
    label: str = ""


class Drafts:
    """One file for each draft in ``folder``; without one nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[DraftedVisit, Path] = {}
        self._confirmed: dict[str, Confirmed] = {}
        self._sweep()
        for file in folder.glob("*.json") if folder else ():
            self._find(file)
        for file in folder.glob("*.note") if folder else ():
            self._find_confirmed(file)

    def of(self, visit: DraftedVisit) -> Draft:
        """What was being written; nothing if that can't be read."""
        if visit not in self._files:
            return Draft()
        try:
            written = json.loads(self._files[visit].read_text("utf-8"))
            return Draft(outcome=str(written["outcome"]), note=str(written["note"]), reason=str(written["reason"]))
        except UNREADABLE:
            return Draft()

    def keep(self, visit: DraftedVisit, draft: Draft) -> None:
        """Write it down; a full disk is logged and forgiven."""
        written = {"outcome": draft.outcome, "note": draft.note, "reason": draft.reason}
        if self._folder is None or not any(written.values()):
            self._forget(visit)
            return
        file = self._folder / f"{_hash(repr(visit))}.json"
        if _written(file, {**vars(visit), **written}):
            self._files[visit] = file

    def confirm(self, note: Confirmed) -> None:
        """Keep this note until the hall does."""
        self._confirmed[note.id] = note
        if self._folder:
            said = {"id": note.id, "text": note.text, "label": note.label}
            _written(self._file_of(note.id), {**vars(note.visit), **said})

    def is_kept(self, note: str) -> None:
        """The hall keeps the note with this id, or its author knows that it never will."""
        if self._confirmed.pop(note, None) and self._folder:
            _remove(self._file_of(note))

    def confirmed(self, hall: str, login: str) -> list[Confirmed]:
        """What somebody has confirmed and this hall has not, in their order."""
        theirs = [note for note in self._confirmed.values() if (note.visit.hall, note.visit.login) == (hall, login)]
        return sorted(theirs, key=lambda note: note.id)  # which begins with the time it was made at

    def follow(self, hall: Hall) -> None:
        """Forget the drafts about whoever is at no service point any more; ``hall`` is as it is now."""
        for visit in [visit for visit in self._files if visit.hall == hall.id]:
            ticket = hall.tickets.get(visit.ticket)
            if ticket is None or ticket.state not in AT_A_POINT:
                self._forget(visit)

    def forget(self, ticket: str) -> None:
        """Forget whatever anybody wrote here about this customer."""
        for visit in [visit for visit in self._files if visit.ticket == ticket]:
            self._forget(visit)
        for note in [note for note in self._confirmed.values() if note.visit.ticket == ticket]:
            self.is_kept(note.id)
        self._sweep()
        for file in put_asides(self._folder) if self._folder else ():  # nobody can tell whom it names
            _remove(file)

    def _forget(self, visit: DraftedVisit) -> None:
        if file := self._files.pop(visit, None):
            _remove(file)

    def _find(self, file: Path) -> None:
        try:
            written = _read(file)
            self._files[DraftedVisit(written["hall"], written["login"], written["ticket"])] = file
        except UNREADABLE as error:
            _out_of_the_way(file, error)

    def _find_confirmed(self, file: Path) -> None:
        try:
            written = _read(file)
            visit = DraftedVisit(written["hall"], written["login"], written["ticket"])
            note = Confirmed(written["id"], visit, str(written["text"]), str(written.get("label", "…")))
            self._confirmed[note.id] = note
        except UNREADABLE as error:
            _out_of_the_way(file, error)

    def _file_of(self, note: str) -> Path:
        return (self._folder or Path()) / f"{_hash(note)}.note"

    def _sweep(self) -> None:
        """Remove what a console left half written when it was killed, and what was put aside and has grown too old."""
        for file in self._folder.glob("*.part") if self._folder else ():
            _remove(file)
        for file in put_asides(self._folder) if self._folder else ():
            if _is_too_old(file):
                _remove(file)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _read(file: Path) -> Any:
    """Raises TimeoutError, which is an OSError, for what is too old, and whatever else is UNREADABLE."""
    if _is_too_old(file):
        raise TimeoutError(file)
    return json.loads(file.read_text("utf-8"))


def _is_too_old(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another console of this machine was quicker
        return time.time() - file.stat().st_mtime > LONGEST_VISIT
    return False


def _out_of_the_way(file: Path, why: Exception) -> None:
    """What is too old goes for good. What is damaged may be a note nobody else has: it is kept as long as a draft."""
    if isinstance(why, TimeoutError):
        _remove(file)
    else:
        put_aside(file, type(why).__name__)  # the error itself may quote what was written


def _written(file: Path, said: Mapping[str, str]) -> bool:
    """Whether it is on the disk; a full one is logged and forgiven."""
    try:
        write_whole(file, json.dumps(said, ensure_ascii=False))
    except OSError as error:
        log.warning("a draft could not be kept: %s", error)
        return False
    return True


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
