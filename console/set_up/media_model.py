"""The hall's pictures and videos, and the room they take: uploaded and removed here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from console import sentences
from console.set_up.form_model import FormModel
from console.set_up.upload_queue import QueuedFile, UploadQueue
from shared.hall.errors import Failure
from shared.hall.field_types import Hash
from shared.requests.media import ListMedia, Medium, MediumKind, RemoveMedium
from shared.requests.request import Done
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

SUFFIXES = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), MediumKind.PICTURE),
    **dict.fromkeys((".mp4", ".m4v", ".webm"), MediumKind.VIDEO),
}
"""How the names of files end that a display can show; the hall looks at what is in them."""


class MediaModel(FormModel):
    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.media: dict[Hash, Medium] = {}
        self.is_read = False
        """Whether the media have been read yet."""
        self.uploads = UploadQueue(station, self)
        self._failures: list[str] = []
        """A sentence for each file of this upload that the hall did not take."""
        self.uploads.changed.connect(self.changed)
        self.uploads.stored.connect(self._on_stored)
        self.uploads.failed.connect(self._on_upload_failed)

    @property
    def pages(self) -> dict[Hash, Medium]:
        """Pictures and videos, by name."""
        shown = [one for one in self.media.values() if one.kind is not MediumKind.CLIP]
        return {one.content: one for one in sorted(shown, key=lambda one: one.name.casefold())}

    @property
    def room_taken(self) -> int:
        """Bytes of all media, recordings included."""
        return sum(medium.size for medium in self.media.values())

    def load(self) -> None:
        self.station.request(ListMedia(), self._on_media, self._on_failure)

    def _on_media(self, media: tuple[Medium, ...]) -> None:
        self.media, self.is_read = {medium.content: medium for medium in media}, True
        self.changed.emit()

    # ── what is done ──

    def upload(self, files: Iterable[Path]) -> None:
        if self.uploads.current is None:
            self._failures = []
        self.say("")
        known = [file for file in files if file.suffix.lower() in SUFFIXES]
        for file in set(files) - set(known):
            self._fail(file.name, self.tr("This is no picture or video a display can show."))
        self.uploads.add(*(QueuedFile(file=file, kind=SUFFIXES[file.suffix.lower()]) for file in known))

    def cancel(self) -> None:
        self.uploads.cancel()
        self.say(self.tr("Stopped: files that had arrived are kept."))

    def remove(self, medium: Medium) -> None:
        if self.can_save:
            self._busy = True
            self.say("")
            self.station.request(RemoveMedium(content=medium.content), lambda _: self._on_removed(medium, _),
                                 self._on_failure)  # fmt: skip

    def _on_removed(self, medium: Medium, _: Done) -> None:
        self._busy = False
        self.media.pop(medium.content, None)
        self.say(self.tr("“{0}” is removed.").format(sentences.in_sentence(medium.name)))
        self.changed.emit()

    def _on_stored(self, sent: QueuedFile, medium: Medium) -> None:
        self.media[medium.content] = medium
        if not self._failures:
            self.say(self.tr("“{0}” is in the hall now.").format(sentences.in_sentence(medium.name)))
        self.changed.emit()

    def _on_upload_failed(self, sent: QueuedFile, failure: Failure) -> None:
        self._fail(sent.file.name, refusal_text(failure))

    def _fail(self, name: str, sentence: str) -> None:
        self._failures.append(f"{sentences.in_sentence(name)}: {sentence}")
        self.say("\n".join(self._failures[-3:]), refusal=True)
