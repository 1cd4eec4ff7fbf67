"""What somebody has written about a visit and not sent yet, on this machine's disk: a crash does not take it.

It may name people. So each file is for its owner alone, is shown to nobody but who wrote it, beside the same visit, and
goes with the customer. Names and telephones the reception asks for are never written here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from console.desk import Draft
from shared.hall.hall import Hall
from shared.hall.values import AT_A_POINT

log = logging.getLogger(__name__)

LONGEST_VISIT = 26 * 3600
"""Seconds: a business day with an hour more in autumn. What is older belongs to a hall this console left."""


@dataclass(frozen=True)
class Visit:
    """Whose draft about whom."""

    hall: str
    login: str
    ticket: str


class Drafts:
    """One file for each draft in ``folder``; without one nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[Visit, Path] = {}
        for file in folder.glob("*.json") if folder else ():
            self._find(file)

    def of(self, visit: Visit) -> Draft:
        """What was being written; nothing if that can't be read."""
        if visit not in self._files:
            return Draft()
        try:
            written = json.loads(self._files[visit].read_text("utf-8"))
            return Draft(outcome=str(written["outcome"]), note=str(written["note"]), reason=str(written["reason"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Draft()

    def keep(self, visit: Visit, draft: Draft) -> None:
        """Write it down; a full disk is logged and forgiven."""
        written = {"outcome": draft.outcome, "note": draft.note, "reason": draft.reason}
        if self._folder is None or not any(written.values()):
            self._forget(visit)
            return
        file = self._folder / f"{hashlib.sha256(repr(visit).encode()).hexdigest()[:32]}.json"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(file, json.dumps({**vars(visit), **written}, ensure_ascii=False))
            self._files[visit] = file
        except OSError as error:
            log.warning("a draft could not be kept: %s", error)

    def follow(self, hall: Hall) -> None:
        """Forget whatever is about somebody who is at no service point any more; ``hall`` is as it is now."""
        for visit in [visit for visit in self._files if visit.hall == hall.id]:
            ticket = hall.tickets.get(visit.ticket)
            if ticket is None or ticket.state not in AT_A_POINT:
                self._forget(visit)

    def forget(self, ticket: str) -> None:
        """Forget whatever anybody wrote here about this customer."""
        for visit in [visit for visit in self._files if visit.ticket == ticket]:
            self._forget(visit)

    def _forget(self, visit: Visit) -> None:
        if file := self._files.pop(visit, None):
            _remove(file)

    def _find(self, file: Path) -> None:
        try:
            if time.time() - file.stat().st_mtime > LONGEST_VISIT:
                _remove(file)
                return
            written = json.loads(file.read_text("utf-8"))
            self._files[Visit(written["hall"], written["login"], written["ticket"])] = file
        except (OSError, ValueError, KeyError, TypeError):
            _remove(file)


def _replace(file: Path, text: str) -> None:
    """All of it or nothing, and for nobody else's eyes at any moment."""
    beside = file.with_suffix(f".{os.getpid()}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123  # a path can't be opened with a mode of its own
        out.write(text)
    os.replace(beside, file)  # noqa: PTH105  # atomic on every platform


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
