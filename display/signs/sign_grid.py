"""The points of one sign for its QML: how they are laid out, and what is said of the whole sign."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.display_sentences import outage_notice
from display.signs.sign_model import SignModel
from shared.languages import is_right_to_left
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

NUMBER_WIDTH, NUMBER_HEIGHT = 3.1, 2.8
"""Size of the tile around a number like A042, in ems of its text."""

EMPTY_PLACE = 0.7
"""What an empty place in the grid costs, as a factor of the size of the numbers."""


def columns(count: int, width: float, height: float) -> int:
    """How many columns make the numbers of so many points largest on a screen of this size."""

    def size(across: int) -> float:
        down = math.ceil(count / across)
        number = min(width / across / NUMBER_WIDTH, height / down / NUMBER_HEIGHT)
        return number if across * down == count else number * EMPTY_PLACE

    return max(range(1, count + 1), key=size)


@QmlElement
@QmlUncreatable("The sign owns it.")
class SignGrid(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()

    def __init__(self, station: Station, points: Sequence[str], inches: float, parent: QObject | None = None) -> None:
        """``points``: the serial number or id of each; ``inches`` is the screen's diagonal."""
        super().__init__(parent)
        self._station = station
        self._inches = inches
        self.points = [SignModel(station, point, self) for point in points]
        station.changed.connect(self.changed)
        station.reachable_changed.connect(self.changed)

    @Slot(float, float, result=int)
    def columnsIn(self, width: float, height: float) -> int:  # noqa: N802  # QML's name for it
        return columns(len(self.points), width, height)

    inches = Property(float, lambda self: self._inches, constant=True)
    outageNotice = Property(str, lambda self: outage_notice(self._station), notify=changed)  # noqa: N815  # QML's name

    @Property("QVariantList", constant=True)  # type: ignore[arg-type]  # PySide takes Qt's names too
    def signs(self) -> list[SignModel]:
        return self.points

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:  # noqa: N802  # QML's name for it
        hall = self._station.hall
        return hall is not None and is_right_to_left(hall.settings.languages[0])
