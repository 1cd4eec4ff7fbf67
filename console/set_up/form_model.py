"""What the models of the set-up's forms have in common: one command at a time, and a sentence about its result."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from shared.hall.errors import Failure
from shared.ui.refusals import refusal_text
from shared.ui.station import Station


class FormModel(QObject):
    changed = Signal()
    """Anything shown may be different."""
    saved = Signal(str)
    """The item with this id is accepted, and in the hall shown; empty if it has none, or is retired."""
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.sentence = ""
        self.is_refusal = False
        """Whether the sentence says why something is not done: then it stays until that is put right."""
        self._busy = False
        station.reachable_changed.connect(self.changed)

    @property
    def can_save(self) -> bool:
        """Whether something can be sent now: nothing else is on its way, and the hall is not away."""
        return not self._busy and self.station.hall is not None and self.station.away_since is None

    def say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.sentence_changed.emit()

    def _on_failure(self, failure: Failure) -> None:
        self._busy = False
        self.say(refusal_text(failure), refusal=True)
        self.changed.emit()
