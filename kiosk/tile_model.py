"""The tiles a customer chooses from, as QML lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One thing to touch: a service or a precedence."""

    choice: str
    """The id of the service or precedence."""
    name: str
    badge: str = ""
    """The prefix of the service's labels."""
    description: str = ""
    status: str = ""
    """How many people are ahead, or why the service is closed."""
    open: bool = True


FIELDS = ("choice", "name", "badge", "description", "status", "open")


class Tiles(QAbstractListModel):
    """The tiles for QML, changed in place while their ids stay the same: a finger may be on one of them."""

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

    def __iter__(self) -> Iterator[Tile]:
        return iter(self._tiles)

    def __len__(self) -> int:
        return len(self._tiles)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return getattr(self._tiles[index.row()], FIELDS[role - Qt.ItemDataRole.UserRole])

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802  # Qt's name
        return {Qt.ItemDataRole.UserRole + at: QByteArray(name.encode()) for at, name in enumerate(FIELDS)}
