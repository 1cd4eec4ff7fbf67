"""How many people wait for each service: as many chips as fit, and one for the other services."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.controls import label, row
from console.eliding import elided
from shared.ui.widget_theme import theme

SHORTEST = 96
"""Pixels of a service's name at least, if it is elided; its count never is."""


class ServiceChips(QWidget):
    """The longest lines first. The tooltip and a screen reader have what is not in sight."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: list[tuple[str, int]] = []
        self.chips: list[QLabel] = []
        self._row = row(None)
        self.setLayout(self._row)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_counts(self, counts: list[tuple[str, int]]) -> None:
        """Names of services, and how many wait for each."""
        if counts != self._counts:
            self._counts = counts
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(1, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        for at in range(len(self._counts) + 1):
            self._chip(at).hide()
        fit = self._how_many_fit()
        room = self._name_width(fit)
        for at, (name, count) in enumerate(self._counts[:fit]):
            shown = elided(name, self._chip(0).font(), room)
            self._show_chip(self._chip(at), _chip_text(shown, count), _chip_text(name, count))
        if others := self._counts[fit:]:
            whole = "\n".join(_chip_text(*other) for other in others)
            self._show_chip(self._chip(fit), f"+{len(others)}", whole)

    def _how_many_fit(self) -> int:
        """How many chips fit, with one more for the others if there are any."""
        names = [min(SHORTEST, self._text_width(name)) for name, _ in self._counts]
        fits = (fit for fit in range(len(names), 0, -1) if self._name_width(fit) >= max(names[:fit]))
        return next(fits, 0)

    def _name_width(self, fit: int) -> int:
        """Pixels for each long name if the first ``fit`` chips are shown: they share what short names don't need."""
        others = len(self._counts) - fit
        left = self.width() - (self._chip_width(f"+{others}") if others else 0)
        left -= sum(self._chip_width(_chip_text("", count)) for _, count in self._counts[:fit])
        widths = sorted(self._text_width(name) for name, _ in self._counts[:fit])
        for at, width in enumerate(widths):
            if width * (fit - at) > left:
                return left // (fit - at)
            left -= width
        return max(widths, default=0)

    def _text_width(self, name: str) -> int:
        return self._chip(0).fontMetrics().horizontalAdvance(name)

    def _chip_width(self, text: str) -> int:
        """Pixels of a chip with this text, and the gap before it."""
        self._chip(0).setText(text)
        return self._chip(0).sizeHint().width() + theme().gap

    def _chip(self, at: int) -> QLabel:
        while len(self.chips) <= at:
            self.chips.append(label("", "chip"))
            self._row.addWidget(self.chips[-1])
            self.chips[-1].ensurePolished()
        return self.chips[at]

    def _show_chip(self, chip: QLabel, text: str, whole: str) -> None:
        chip.setText(text)
        chip.setAccessibleName(whole)
        chip.setToolTip("" if text == whole else whole)
        chip.show()


def _chip_text(name: str, count: int) -> str:
    return f"{name}  {count}"
