"""The services a visit goes on to, in their order: a choice for each, and one more."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QComboBox, QWidget

from console.controls import column
from shared.hall.field_types import ServiceId
from shared.ui.widget_theme import theme


class NextServicesEdit(QWidget):
    """A service chosen in one place is not offered in the later ones."""

    def __init__(self, name: str, nothing: str) -> None:
        super().__init__()
        self._name, self._nothing = name, nothing
        self._offered: dict[ServiceId, str] = {}
        self.choices: list[QComboBox] = []
        self._column = column(None, gap=theme().gap // 2)
        self.setLayout(self._column)

    def show_services(self, chosen: tuple[ServiceId, ...], offered: dict[ServiceId, str]) -> None:
        self._offered = offered
        self._show(chosen)

    def services(self) -> tuple[ServiceId, ...]:
        return tuple(choice.currentData() for choice in self.choices if choice.currentData())

    def _show(self, chosen: tuple[ServiceId, ...], kept: int = 0) -> None:
        """Make a choice for each chosen service and one more; the first ``kept`` stay as they are."""
        for choice in self.choices[kept:]:
            self._column.removeWidget(choice)
            choice.deleteLater()
        del self.choices[kept:]
        for at in range(kept, min(len(chosen) + 1, len(self._offered))):
            self._add(chosen[:at], chosen[at] if at < len(chosen) else "")

    def _add(self, before: tuple[ServiceId, ...], service: ServiceId) -> None:
        choice = QComboBox()
        choice.setMinimumWidth(180)
        choice.setAccessibleName(self._name)
        choice.addItem(self._nothing, "")
        for other, line in self._offered.items():
            if other not in before:
                choice.addItem(line, other)
        choice.setCurrentIndex(choice.findData(service))
        choice.currentIndexChanged.connect(partial(self._on_chosen, len(before)))
        self.choices.append(choice)
        self._column.insertWidget(len(before), choice)

    def _on_chosen(self, at: int, index: int) -> None:
        """Keep the choices after this one, without its service; choosing nothing clears them."""
        service = self.choices[at].currentData()
        later = tuple(other for other in self.services()[at + 1 :] if other != service) if service else ()
        self._show(self.services()[: at + bool(service)] + later, at + 1)
