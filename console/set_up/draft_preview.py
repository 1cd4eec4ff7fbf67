"""The picture of a display that is being set up, drawn by the display's own code where that is installed."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Protocol, cast

from PySide6.QtWidgets import QWidget

from console.controls import SentenceLine, column, label
from shared.hall.display_values import Display
from shared.hall.hall import Hall

PREVIEWS = "nowserving.previews"
"""The entry points of previews: the console finds them by name and imports no other app."""


class DrawsDrafts(Protocol):
    """A widget that draws a display; see ``display.preview.preview``."""

    def show_draft(self, hall: Hall, display: Display) -> None: ...

    def illegible(self) -> str: ...


class DraftPreview(QWidget):
    """The preview, and below it why it can't be read from the farthest seat; a sentence alone without a display."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("is", "form")
        self.reason = SentenceLine(keeps_place=False)
        self.missing = label(
            self.tr("To see the display here, install nowserving[display] on this computer too."), "quiet", wrap=True
        )
        self.missing.hide()
        self._inside = column(self.missing, self.reason)
        self.setLayout(self._inside)
        self._preview: DrawsDrafts | None = None
        self._looked_for = False

    @property
    def is_here(self) -> bool:
        """Whether a display is installed that draws it, once it was asked to."""
        return self._preview is not None

    def show_draft(self, hall: Hall, display: Display) -> str:
        """Draw the draft. Returns why it can't be read; empty if it can be, or if nobody here can tell."""
        if not self._looked_for:
            self._load()
        if self._preview is None:
            return ""
        self._preview.show_draft(hall, display)
        reason = self._preview.illegible()
        self.reason.say(reason, warning=True)
        return reason

    def _load(self) -> None:
        """Load the display's code: here and not before, since it takes a moment and most people never come here."""
        self._looked_for = True
        try:
            made = next((found.load()() for found in entry_points(group=PREVIEWS, name="display")), None)
        except ImportError:  # no display is installed with this console
            made = None
        self.missing.setVisible(made is None)
        if made is not None:
            made.setAccessibleName(self.tr("Preview of the display"))
            self._inside.insertWidget(0, made, 1)
            self._preview = cast("DrawsDrafts", made)
