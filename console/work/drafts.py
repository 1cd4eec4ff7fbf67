"""Drafts of notes on this machine's disk: a crash loses only what was typed in the last moment.

A draft may name people: its file is readable by its owner alone, it is shown only to its author beside the same visit,
and it is removed once the ticket is at no service point. Contact data the reception asks for is never written here.
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
from shared.hall.units import Seconds
from shared.hall.values import AT_A_POINT
from shared.link.state_files import files_put_aside, put_aside

log = logging.getLogger(__name__)

MAX_FILE_AGE: Seconds = 26 * 3600
"""An older file is removed: its visit is over (a business day has 25 hours at most), though its hall may be away."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)
"""What reading a damaged file may raise; RecursionError for endless nesting."""


@dataclass(frozen=True)
class DraftedVisit:
    """The author of a draft, by login, and the ticket it is about, by id."""

    hall: str
    login: str
    ticket: str


@dataclass(frozen=True)
class ConfirmedNote:
    """A note its author has confirmed: kept until the hall has it, or its author has read that it is refused.

    ``label`` is the ticket's, which the hall may have forgotten by then.
    """

    id: str
    visit: DraftedVisit
    text: str
    label: str = ""


class Drafts:
    """One file for each draft and each confirmed note in ``folder``; without it only confirmed notes, in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[DraftedVisit, Path] = {}
        self._confirmed: dict[str, ConfirmedNote] = {}
        self._sweep()
        for file in folder.glob("*.json") if folder else ():
            self._load_draft(file)
        for file in folder.glob("*.note") if folder else ():
            self._load_confirmed(file)

    def of(self, visit: DraftedVisit) -> Draft:
        """The draft about a visit; an empty one if there is none, or it can't be read."""
        if visit not in self._files:
            return Draft()
        try:
            written = json.loads(self._files[visit].read_text("utf-8"))
            return Draft(outcome=str(written["outcome"]), note=str(written["note"]), reason=str(written["reason"]))
        except UNREADABLE:
            return Draft()

    def keep(self, visit: DraftedVisit, draft: Draft) -> None:
        """Write a draft to the disk, or remove its file if it is empty; a failure to write is only logged."""
        written = {"outcome": draft.outcome, "note": draft.note, "reason": draft.reason}
        if self._folder is None or not any(written.values()):
            self._forget(visit)
            return
        file = self._folder / f"{_hash(repr(visit))}.json"
        if _write(file, {**vars(visit), **written}):
            self._files[visit] = file

    def confirm(self, note: ConfirmedNote) -> None:
        """Keep a note until ``drop_note``, on the disk too; a failure to write is only logged."""
        self._confirmed[note.id] = note
        if self._folder:
            content = {"id": note.id, "text": note.text, "label": note.label}
            _write(self._file_of(note.id), {**vars(note.visit), **content})

    def drop_note(self, note_id: str) -> None:
        """Remove a confirmed note, from the disk too; nothing happens if there is none with this id."""
        if self._confirmed.pop(note_id, None) and self._folder:
            _remove(self._file_of(note_id))

    def confirmed(self, hall: str, login: str) -> list[ConfirmedNote]:
        """The confirmed notes of an author in a hall, the oldest first."""
        own = [note for note in self._confirmed.values() if (note.visit.hall, note.visit.login) == (hall, login)]
        return sorted(own, key=lambda note: note.id)  # an id begins with its time

    def remove_not_at_a_point(self, hall: Hall) -> None:
        """Remove the drafts about this hall's tickets that are at no service point any more; confirmed notes stay."""
        for visit in [visit for visit in self._files if visit.hall == hall.id]:
            ticket = hall.tickets.get(visit.ticket)
            if ticket is None or ticket.state not in AT_A_POINT:
                self._forget(visit)

    def forget(self, ticket_id: str) -> None:
        """Remove what anybody wrote here about this ticket, and all damaged files: any may be about it."""
        for visit in [visit for visit in self._files if visit.ticket == ticket_id]:
            self._forget(visit)
        for note in [note for note in self._confirmed.values() if note.visit.ticket == ticket_id]:
            self.drop_note(note.id)
        self._sweep()
        for file in files_put_aside(self._folder) if self._folder else ():
            _remove(file)

    def _forget(self, visit: DraftedVisit) -> None:
        if file := self._files.pop(visit, None):
            _remove(file)

    def _load_draft(self, file: Path) -> None:
        try:
            written = _read(file)
            self._files[DraftedVisit(written["hall"], written["login"], written["ticket"])] = file
        except UNREADABLE as error:
            _discard(file, error)

    def _load_confirmed(self, file: Path) -> None:
        try:
            written = _read(file)
            visit = DraftedVisit(written["hall"], written["login"], written["ticket"])
            note = ConfirmedNote(written["id"], visit, str(written["text"]), str(written.get("label", "…")))
            self._confirmed[note.id] = note
        except UNREADABLE as error:
            _discard(file, error)

    def _file_of(self, note_id: str) -> Path:
        return (self._folder or Path()) / f"{_hash(note_id)}.note"

    def _sweep(self) -> None:
        """Remove the half-written files of a killed console, and those put aside as damaged that are too old."""
        for file in self._folder.glob("*.part") if self._folder else ():
            _remove(file)
        for file in files_put_aside(self._folder) if self._folder else ():
            if _is_too_old(file):
                _remove(file)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _read(file: Path) -> Any:
    """The content of a file; raises TimeoutError if it is too old, others of UNREADABLE if it is damaged."""
    if _is_too_old(file):
        raise TimeoutError(file)
    return json.loads(file.read_text("utf-8"))


def _is_too_old(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another console of this machine removed it
        return time.time() - file.stat().st_mtime > MAX_FILE_AGE
    return False


def _discard(file: Path, why: Exception) -> None:
    """Remove a file that is too old; put a damaged one aside, because it may be the only copy of a note."""
    if isinstance(why, TimeoutError):
        _remove(file)
    else:
        put_aside(file, type(why).__name__)  # the error itself may quote what was written


def _write(file: Path, content: Mapping[str, str]) -> bool:
    """Write a file. Returns whether it is on the disk; a failure is only logged."""
    try:
        write_whole(file, json.dumps(content, ensure_ascii=False))
    except OSError as error:
        log.warning("a draft could not be kept: %s", error)
        return False
    return True


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
