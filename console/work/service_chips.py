"""How many wait for each service: as many chips as there is room for, and one that stands for the others."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.controls import label, row
from console.eliding import elided
from shared.ui.widget_theme import theme

SHORTEST = 96
"""Pixels of a service's name where there is little room: it gives way, its count never does."""


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
        room = self._room(fit)
        for at, (name, count) in enumerate(self._counts[:fit]):
            self._say(self._chip(at), _line(elided(name, self._chip(0).font(), room), count), _line(name, count))
        if others := self._counts[fit:]:
            whole = "\n".join(_line(*other) for other in others)
            self._say(self._chip(fit), f"+{len(others)}", whole)

    def _fitting(self) -> int:
        """How many have room, with one more for the others if there are any."""
        names = [min(SHORTEST, self._wide(name)) for name, _ in self._counts]
        fits = (fit for fit in range(len(names), 0, -1) if self._room(fit) >= max(names[:fit]))
        return next(fits, 0)

    def _room(self, fit: int) -> int:
        """Pixels of the longest names of so many: what a shorter one does not need is theirs."""
        others = len(self._counts) - fit
        spare = self.width() - (self._width(f"+{others}") if others else 0)
        spare -= sum(self._width(_line("", count)) for _, count in self._counts[:fit])
        wanted = sorted(self._wide(name) for name, _ in self._counts[:fit])
        for at, wide in enumerate(wanted):
            if wide * (fit - at) > spare:
                return spare // (fit - at)
            spare -= wide
        return max(wanted, default=0)

    def _wide(self, name: str) -> int:
        return self._chip(0).fontMetrics().horizontalAdvance(name)

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
