"""The tiles a customer chooses from, as QML lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One thing to touch: a service or a precedence."""

    choice: str
    """The id of what it chooses."""
    name: str
    badge: str = ""
    about: str = ""
    waiting: str = ""
    open: bool = True


FIELDS = ("choice", "name", "badge", "about", "waiting", "open")


class Tiles(QAbstractListModel):
    """A list that changes in place while the same things are in it: a finger may be on one of them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tiles: list[Tile] = []

    def show(self, tiles: Sequence[Tile]) -> None:
        if [tile.choice for tile in tiles] == [tile.choice for tile in self._tiles]:
            self._update(tiles)
        else:
            self.beginResetModel()
            self._tiles = list(tiles)
            self.endResetModel()

    def _update(self, tiles: Sequence[Tile]) -> None:
        for row, (before, after) in enumerate(zip(self._tiles, tiles, strict=True)):
            if before != after:
                self._tiles[row] = after
                self.dataChanged.emit(self.index(row), self.index(row))

    def __iter__(self) -> Any:
        return iter(self._tiles)

    def __len__(self) -> int:
        return len(self._tiles)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return getattr(self._tiles[index.row()], FIELDS[role - Qt.ItemDataRole.UserRole])

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802  # Qt's name
        return {Qt.ItemDataRole.UserRole + place: QByteArray(name.encode()) for place, name in enumerate(FIELDS)}
