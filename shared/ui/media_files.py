"""The pictures, videos and recordings a station needs, fetched once from its hall and kept on its disk."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.errors import Failure, Unreachable
from shared.hall.field_types import Hash
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds
from shared.requests.media import MediumPart, ReadMediumPart
from shared.ui.media_folder import MediaFolder
from shared.ui.station import Station

log = logging.getLogger(__name__)

THREAD = "media"
"""Of the station: a long video is checked there, and no announcement waits for it."""

FIRST_RETRY: Milliseconds = 1_000
LAST_RETRY: Milliseconds = 60_000
"""A failed part is asked for again after a pause, which doubles from the first to the last."""


class MediaFiles(QObject):
    """A station's cache of media; its folder holds what some display or clip of the hall names, and nothing else."""

    ready = Signal(str)
    """The file of this content is here now."""
    failed = Signal(str, object)
    """The file of this content is not here, and why (a Failure); it is tried again all the same."""

    def __init__(self, station: Station, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent or station)
        self.troubles: dict[Hash, Failure] = {}
        """Why a file that is needed is not here; nothing is said while the hall is away."""
        self._station = station
        self._root = folder
        self._folder = MediaFolder(folder)
        self._needed: tuple[Hash, ...] = ()
        self._named: frozenset[Hash] = frozenset()
        self._here: frozenset[Hash] = frozenset()
        self._waiting: list[Hash] = []
        """Contents to be fetched, the first one now; one that failed goes to the end."""
        self._is_fetching = False
        self._pause = FIRST_RETRY
        self._retry = QTimer(self, singleShot=True)
        self._retry.timeout.connect(self._fetch)
        station.reachable_changed.connect(self._fetch_soon)

    def path(self, content: Hash) -> Path | None:
        """The checked file; None if it is not here, or not yet."""
        return self._folder.file(content) if content in self._here else None

    def keep(self, contents: Collection[Hash]) -> None:
        """Fetch what is missing of these, which are all this station needs now; call it when that may have changed."""
        hall = self._station.hall
        needed = tuple(dict.fromkeys(contents))
        named = _named_by(hall).union(needed) if hall else frozenset(needed)
        if hall and (needed, named) != (self._needed, self._named):
            self._needed, self._named = needed, named
            self._folder = MediaFolder(self._root / hashlib.sha256(hall.id.encode()).hexdigest()[:16])
            self.troubles = {content: why for content, why in self.troubles.items() if content in needed}
            self._tidy(self._here)

    def broken(self, content: Hash) -> None:
        """The file could not be used: check it again, and fetch it if it is damaged. ``ready`` says that it is here."""
        self._here -= {content}
        self._tidy(self._here)

    def _tidy(self, known: frozenset[Hash]) -> None:
        tidy = partial(self._folder.tidy, self._named, known)
        self._station.in_background(tidy, self._tidied, self._unwritable, thread=THREAD)

    def _tidied(self, here: frozenset[Hash]) -> None:
        new = here - self._here
        self._here = here & self._named
        self._waiting = [content for content in self._needed if content not in here]
        for content in new & {*self._needed}:
            self.troubles.pop(content, None)
            self.ready.emit(content)
        self._fetch_soon()

    def _unwritable(self, failure: Failure) -> None:
        """Nothing can be kept: the display goes on without."""
        for content in self._needed:
            self._say(content, failure)
        self._waiting = [content for content in self._needed if content not in self._here]
        self._try_later()

    # ── fetching ──

    def _fetch_soon(self) -> None:
        self._pause = FIRST_RETRY
        self._retry.start(0)

    def _fetch(self) -> None:
        """Fetch the next part of the first file that waits, unless one is on its way."""
        self._waiting = [content for content in self._waiting if content in self._needed]
        if self._waiting and not self._is_fetching:
            self._is_fetching = True
            content = self._waiting[0]
            next_part = partial(self._folder.next_part, content)
            self._station.in_background(next_part, partial(self._ask, content), self._later(content), thread=THREAD)

    def _ask(self, content: Hash, at: int) -> None:
        self._station.request(
            ReadMediumPart(content=content, at=at), partial(self._came, content, at), self._later(content)
        )

    def _came(self, content: Hash, at: int, part: MediumPart) -> None:
        add = partial(self._folder.add, content, at, part)
        self._station.in_background(add, partial(self._added, content), self._later(content), thread=THREAD)

    def _added(self, content: Hash, is_whole: bool) -> None:
        self._is_fetching = False
        self._pause = FIRST_RETRY
        if is_whole:
            self._waiting = [other for other in self._waiting if other != content]
            self._here |= {content}
            self.troubles.pop(content, None)
            self.ready.emit(content)
        self._fetch()

    def _later(self, content: Hash) -> partial[None]:
        return partial(self._not_now, content)

    def _not_now(self, content: Hash, failure: Failure) -> None:
        self._is_fetching = False
        if content in self._waiting:
            self._waiting.remove(content)
            self._waiting.append(content)
            self._say(content, failure)
        self._try_later()

    def _say(self, content: Hash, failure: Failure) -> None:
        """Say why a file is not here, once. That the hall is away is said elsewhere."""
        before = self.troubles.get(content)
        if not isinstance(failure, Unreachable) and (before is None or before.detail != failure.detail):
            self.troubles[content] = failure
            log.warning("%s: %s", _user(self._station.hall, content), failure.detail)
            self.failed.emit(content, failure)

    def _try_later(self) -> None:
        self._retry.start(self._pause)
        self._pause = min(LAST_RETRY, self._pause * 2)


def _named_by(hall: Hall) -> frozenset[Hash]:
    pages = (page.content for display in hall.displays.values() for page in display.playlist)
    return frozenset(filter(None, (*pages, *(clip.content for clip in hall.clips.values()))))


def _user(hall: Hall | None, content: Hash) -> str:
    """What needs a file, for the log: the first page or clip of the hall that names it."""
    for display in hall.displays.values() if hall else ():
        for place, page in enumerate(display.playlist, 1):
            if page.content == content:
                return f"page {place} ({page.name!r}) of the display {display.id}"
    clip = next((clip for clip in hall.clips.values() if clip.content == content), None) if hall else None
    return f"the recording {clip.id}" if clip else f"the file {content}"
