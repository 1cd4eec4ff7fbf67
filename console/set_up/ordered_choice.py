"""Several things in their order, such as the services a visit goes on to: a choice for each, and one more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from console.controls import column
from shared.hall.field_types import Id
from shared.ui.widget_theme import theme


class OrderedChoice(QWidget):
    """What is chosen in one place is not offered in the later ones."""

    changed = Signal()

    def __init__(self, name: str, nothing: str) -> None:
        super().__init__()
        self._name, self._nothing = name, nothing
        self._offered: Mapping[Id, str] = {}
        self.choices: list[QComboBox] = []
        self._column = column(None, gap=theme().gap // 2)
        self.setLayout(self._column)

    def show_chosen(self, chosen: tuple[Id, ...], offered: Mapping[Id, str]) -> None:
        """``offered`` has a text for each id."""
        self._offered = offered
        self._show(chosen)

    def chosen(self) -> tuple[Id, ...]:
        return tuple(choice.currentData() for choice in self.choices if choice.currentData())

    def _show(self, chosen: tuple[Id, ...], kept: int = 0) -> None:
        """Make a choice for each chosen one and one more; the first ``kept`` stay as they are."""
        for choice in self.choices[kept:]:
            self._column.removeWidget(choice)
            choice.hide()  # it goes a moment later
            choice.deleteLater()
        del self.choices[kept:]
        for at in range(kept, min(len(chosen) + 1, len(self._offered))):
            self._add(chosen[:at], chosen[at] if at < len(chosen) else "")

    def _add(self, before: tuple[Id, ...], chosen: Id) -> None:
        choice = QComboBox()
        choice.setMinimumWidth(180)
        choice.setAccessibleName(self._name)
        choice.addItem(self._nothing, "")
        for other, text in self._offered.items():
            if other not in before:
                choice.addItem(text, other)
        choice.setCurrentIndex(choice.findData(chosen))
        choice.currentIndexChanged.connect(partial(self._on_chosen, len(before)))
        self.choices.append(choice)
        self._column.insertWidget(len(before), choice)
        choice.show()  # at once, so that it can take the focus

    def _on_chosen(self, at: int, index: int) -> None:
        """Keep the choices after this one, without what it chose; choosing nothing clears them."""
        chosen = self.choices[at].currentData()
        later = tuple(other for other in self.chosen()[at + 1 :] if other != chosen) if chosen else ()
        self._show(self.chosen()[: at + bool(chosen)] + later, at + 1)
        self.changed.emit()
