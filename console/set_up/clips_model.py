"""The hall's own recordings of what its displays say: imported, recorded, listened to and removed here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTemporaryDir, Signal

from console import sentences
from console.set_up.form_model import FormModel
from console.set_up.upload_queue import QueuedFile, UploadQueue
from shared.hall.display_values import Clip
from shared.hall.displays import RecordClip, RemoveClip
from shared.hall.errors import Failure
from shared.hall.field_types import ClipKey, Hash, Language
from shared.hall.hall import Hall
from shared.requests.media import Medium, MediumKind, RemoveMedium
from shared.ui.media_files import MediaFiles
from shared.ui.refusals import refusal_text
from shared.ui.station import Station
from shared.voice.vocabulary import vocabulary
from shared.voice.voice import Word

MOST_FAILURES = 3
"""Sentences about files at most; the others are counted by nobody: they are still in the list of what is missing."""


class ClipsModel(FormModel):
    """What is said in one language, ``language``, and the recordings of it."""

    fetched = Signal(object)
    """The Path of a recording that somebody wants to hear."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.language: Language = ""
        self.uploads = UploadQueue(station, self)
        self._made_of: object = None
        self._words: tuple[Word, ...] = ()
        self._failures: list[str] = []
        self._arrived = 0
        """How many recordings of this import are in the hall."""
        self._folder = QTemporaryDir()
        self._files = MediaFiles(station, Path(self._folder.path()) / "heard", self)
        self._wanted: Hash = ""
        self.uploads.changed.connect(self.changed)
        self.uploads.stored.connect(self._on_stored)
        self.uploads.failed.connect(self._on_upload_failed)
        self._files.ready.connect(self._on_fetched)
        self._files.failed.connect(self._on_not_fetched)
        station.changed.connect(self.changed)

    # ── what there is ──

    @property
    def hall(self) -> Hall:
        return self.station.hall or Hall(id="")

    @property
    def words(self) -> tuple[Word, ...]:
        """All that is said in this language; made anew only where the set-up changed, for it takes a moment."""
        names = {point.id: point.name for point in self.hall.points.values()}
        made_of = (self.language, self.hall.settings, self.hall.services, names)
        if made_of != self._made_of:
            self._made_of = made_of
            self._words = vocabulary(self.hall, self.language) if self.language else ()
        return self._words

    def clip(self, says: ClipKey) -> Clip | None:
        return self.hall.clips.get(f"{self.language}:{says}")

    # ── what is done ──

    def choose(self, language: Language) -> None:
        self.language = language
        self.changed.emit()

    def import_files(self, files: Iterable[Path]) -> None:
        """Take each file as what its name says: ``number.42.wav``, ``42.wav``, ``A.wav``."""
        self._begin()
        keys = keys_by_name(self.words)
        for file in files:
            if key := keys.get(_plain(file.stem)):
                self._send(file, key)
            else:
                self._fail(file.name, self.tr("Nothing is said like that. Name it as the list does, such as 42.wav."))

    def take_recording(self, says: ClipKey, wav: bytes) -> None:
        """Take what the microphone heard."""
        self._begin()
        if wav:
            file = Path(self._folder.path()) / f"{says}.wav"
            file.write_bytes(wav)
            self._send(file, says)
        else:
            self.say(self.tr("Nothing was heard: look whether the right microphone is on."), refusal=True)

    def _begin(self) -> None:
        if self.uploads.current is None:
            self._failures, self._arrived = [], 0
        self.say("")

    def _send(self, file: Path, says: ClipKey) -> None:
        self.uploads.add(QueuedFile(file=file, kind=MediumKind.CLIP, about=f"{self.language}:{says}"))

    def cancel(self) -> None:
        self.uploads.cancel()
        self.say(self.tr("Stopped: files that had arrived are kept."))

    def remove(self, clip: Clip) -> None:
        if self.can_save:
            self._busy = True
            self.say("")
            self.station.do(
                RemoveClip(language=clip.language, says=clip.says), lambda _: self._on_removed(clip), self._on_failure
            )

    def _on_removed(self, clip: Clip) -> None:
        self._busy = False
        self._drop(clip)
        self.say(self.tr("A voice says this again."))
        self.changed.emit()

    def _drop(self, clip: Clip | None) -> None:
        """Remove a recording that nothing says any more: nobody would find it to remove it later."""
        if clip and all(other == clip or other.content != clip.content for other in self.hall.clips.values()):
            self.station.request(RemoveMedium(content=clip.content), lambda _: None)

    # ── listening ──

    def fetch(self, clip: Clip) -> None:
        """Bring a recording here to be heard: ``fetched`` says when."""
        self._wanted = clip.content
        self._files.keep([clip.content])
        if file := self._files.path(clip.content):
            self.fetched.emit(file)

    def _on_fetched(self, content: Hash) -> None:
        if content == self._wanted and (file := self._files.path(content)):
            self.fetched.emit(file)

    def _on_not_fetched(self, content: Hash, failure: Failure) -> None:
        if content == self._wanted:
            self.say(refusal_text(failure), refusal=True)

    # ── answers ──

    def _on_stored(self, sent: QueuedFile, medium: Medium) -> None:
        language, _, says = sent.about.partition(":")
        before = self.hall.clips.get(sent.about)
        self.station.do(
            RecordClip(language=language, says=says, content=medium.content),
            lambda _: self._on_recorded(before, medium.content),
            lambda failure: self._on_upload_failed(sent, failure),
        )

    def _on_recorded(self, before: Clip | None, content: Hash) -> None:
        self._arrived += 1
        if before and before.content != content:
            self._drop(before)
        if not self._failures:
            self.say(self.tr("%n recordings are in the hall now.", "", self._arrived))

    def _on_upload_failed(self, sent: QueuedFile, failure: Failure) -> None:
        self._fail(sent.file.name, refusal_text(failure))

    def _fail(self, name: str, sentence: str) -> None:
        self._failures.append(f"{sentences.in_sentence(name)}: {sentence}")
        self.say("\n".join(self._failures[-MOST_FAILURES:]), refusal=True)


def keys_by_name(words: Iterable[Word]) -> dict[str, ClipKey]:
    """What a file of each name says; a short name that two things have is that of the first."""
    keys: dict[str, ClipKey] = {}
    for word in words:
        keys.setdefault(_plain(word.key), word.key)
        keys.setdefault(_plain(word.key.partition(".")[2]), word.key)
    return keys


def _plain(name: str) -> str:
    """A name without capitals, and a number without zeros before it: ``042`` is ``42``."""
    folded = name.strip().casefold()
    return str(int(folded)) if folded.isdecimal() else folded
