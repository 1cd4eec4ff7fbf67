"""What the models behind the set-up's forms have in common: a wish at a time, and the sentence that came of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from shared.hall.errors import Failure
from shared.ui.refusals import why_not
from shared.ui.station import Station


class FormModel(QObject):
    """Something an administrator changes through a station."""

    changed = Signal()
    """There is something else to show, by whomever."""
    saved = Signal(str)
    """The value of this id is accepted, and shown."""
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.sentence = ""
        self.is_refusal = False
        self._busy = False
        station.reachable_changed.connect(self.changed)

    @property
    def can_save(self) -> bool:
        return not self._busy and self.station.hall is not None and self.station.away_since is None

    def say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.sentence_changed.emit()

    def _failed(self, failure: Failure) -> None:
        self._busy = False
        self.say(why_not(failure), refusal=True)
        self.changed.emit()
