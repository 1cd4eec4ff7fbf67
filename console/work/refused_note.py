"""A note the hall refused, shown to its author on every page until they have read it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from console import keys
from console.controls import KeyButton, row
from console.eliding import ElidingLabel
from console.work.visit_notes import VisitNotes
from shared.hall.field_limits import isolated
from shared.ui.widget_theme import theme


class RefusedNote(QFrame):
    """One note at a time, in two lines with the whole in the tooltip, so that the page below keeps its room."""

    def __init__(self, model: VisitNotes) -> None:
        super().__init__()
        self.model = model
        self.says = ElidingLabel("banner", max_lines=2)
        self.read = KeyButton(self.tr("I have read it"), keys.NOTE_READ, self._acknowledge)
        inside = row(self.says, self.read)
        inside.setStretch(0, 1)
        inside.setContentsMargins(0, theme().gap, theme().margin, 0)
        self.setLayout(inside)
        self.hide()

    def refresh(self, *, shows: bool) -> None:
        """Show the first refused note, or hide without any; ``shows`` is false while nobody is signed in."""
        note = next(iter(self.model.rejected_notes), None) if shows else None
        if note:
            sentence = self.tr("The hall no longer accepts this note about {0}: “{1}”")
            self.says.setText(sentence.format(note.label, isolated(note.text)))
        self.setVisible(note is not None)

    def _acknowledge(self) -> None:
        if notes := self.model.rejected_notes:
            self.model.acknowledge(notes[0])
