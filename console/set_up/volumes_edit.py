"""How loud announcements are by time of day: a row for each time it changes."""

from __future__ import annotations

from datetime import time
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import QSpinBox, QTimeEdit, QWidget

from console.controls import button, column, row
from console.set_up.section import aligned, begin_in, number_field
from shared.hall.display_values import Volume
from shared.hall.field_limits import MOST_VOLUMES
from shared.ui.widget_theme import theme

WORKING_DAY = time(8)
"""When the first row that somebody adds begins."""


class VolumeRow(NamedTuple):
    line: QWidget
    """What holds the fields."""
    since: QTimeEdit
    percent: QSpinBox


class VolumesEdit(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[VolumeRow] = []
        self.add_button = button(self.tr("Add a time"), "", self._add)
        self._column = column(row(self.add_button, None), gap=theme().gap // 2)
        self.setLayout(self._column)

    def show_volumes(self, volumes: tuple[Volume, ...]) -> None:
        while self.rows:
            self._drop(0)
        for volume in volumes:
            self._append(volume)

    def volumes(self) -> tuple[Volume, ...]:
        """In the order of the day."""
        volumes = [
            Volume(since=time(since.time().hour(), since.time().minute()), percent=percent.value())
            for _, since, percent in self.rows
        ]
        return tuple(sorted(volumes, key=lambda volume: volume.since))

    def _append(self, volume: Volume) -> None:
        line = QWidget()
        line.setProperty("is", "form")
        since = QTimeEdit(QTime(volume.since.hour, volume.since.minute))
        since.setDisplayFormat("HH:mm")
        since.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # right to left, Qt writes 04:00 as 00:04
        since.setAccessibleName(self.tr("From this time on"))
        percent = number_field(self.tr("Volume"), 100, suffix=self.tr(" %"))
        percent.setValue(volume.percent)
        remove = button(self.tr("Remove"))
        remove.clicked.connect(partial(self._remove, line))
        for field in (since.timeChanged, percent.valueChanged):
            field.connect(self.changed)
        line.setLayout(row(aligned(since, 110), percent, remove, None))
        self.rows.append(VolumeRow(line, since, percent))
        self._column.insertWidget(len(self.rows) - 1, line)
        line.show()  # at once, so that it can take the focus
        self.add_button.setEnabled(len(self.rows) < MOST_VOLUMES)

    def _add(self) -> None:
        last = self.volumes()[-1].since if self.rows else None
        self._append(Volume(since=time((last.hour + 1) % 24) if last else WORKING_DAY, percent=100))
        begin_in(self.rows[-1].since)
        self.changed.emit()

    def _remove(self, line: QWidget) -> None:
        self._drop([row.line for row in self.rows].index(line))
        self.add_button.setFocus()
        self.changed.emit()

    def _drop(self, at: int) -> None:
        line = self.rows.pop(at).line
        self._column.removeWidget(line)
        line.hide()  # it goes a moment later
        line.deleteLater()
        self.add_button.setEnabled(True)
