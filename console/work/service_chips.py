"""How many wait for each service: as many chips as there is room for, and one that stands for the others."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.controls import label, row
from shared.ui.theme import theme

NAME, SHORTEST = 160, 60
"""Pixels of a service's name, at most and where there is little room: it ends in an ellipsis, its count never does."""


class ServiceChips(QWidget):
    """The longest lines first. Whatever is not in sight is in the tip, and read aloud."""

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
        fit = self._fitting()
        for at, (name, count) in enumerate(self._counts[:fit]):
            self._say(self._chip(at), self._short(name, count), _line(name, count))
        if others := self._counts[fit:]:
            whole = "\n".join(_line(*other) for other in others)
            self._say(self._chip(fit), f"+{len(others)}", whole)

    def _fitting(self) -> int:
        """How many have room, with one more for the others if there are any."""
        widths = [self._width(self._short(name, count)) for name, count in self._counts]
        for fit in range(len(widths), 0, -1):
            others = self._width(f"+{len(widths) - fit}") if fit < len(widths) else 0
            if sum(widths[:fit]) + others <= self.width():
                return fit
        return 0

    def _short(self, name: str, count: int) -> str:
        room = min(NAME, max(SHORTEST, self.width() // 2 - SHORTEST))
        return _line(self._chip(0).fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room), count)

    def _width(self, text: str) -> int:
        """Of a chip with this text, and the gap before it."""
        self._chip(0).setText(text)
        return self._chip(0).sizeHint().width() + theme().gap

    def _chip(self, at: int) -> QLabel:
        while len(self.chips) <= at:
            self.chips.append(label("", "chip"))
            self._row.addWidget(self.chips[-1])
            self.chips[-1].ensurePolished()
        return self.chips[at]

    def _say(self, chip: QLabel, text: str, whole: str) -> None:
        chip.setText(text)
        chip.setAccessibleName(whole)
        chip.setToolTip("" if text == whole else whole)
        chip.show()


def _line(name: str, count: int) -> str:
    return f"{name}  {count}"
