"""A list to tick some of, such as the services a display is for; none ticked stands for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt

from console.eliding import ElidingList
from shared.hall.field_types import Id

OFFERED = Qt.ItemDataRole.UserRole


class TickList(ElidingList):
    """The arrows move in it and the space bar ticks; typing leads to a line."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setProperty("is", "ticks")

    def show_ticked(self, ticked: Iterable[Id], offered: Mapping[Id, str], lines: int = 5) -> None:
        """``offered`` has a text for each id; ``lines`` of them are in sight, the others are scrolled to."""
        wanted = frozenset(ticked)
        self.blockSignals(True)
        self.clear()
        for at, (offer, text) in enumerate(offered.items()):
            self.add(text, OFFERED, offer)
            self.item(at).setCheckState(Qt.CheckState.Checked if offer in wanted else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.setFixedHeight(lines * max(1, self.sizeHintForRow(0)) + 2 * self.frameWidth())

    def ticked(self) -> tuple[Id, ...]:
        items = [self.item(at) for at in range(self.count())]
        return tuple(item.data(OFFERED) for item in items if item.checkState() is Qt.CheckState.Checked)
