"""Which of the hall's displays a display device shows: a choice that is in force at once."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from console import sentences
from shared.hall.display_values import DisplayId
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.requests.devices import Device


class DisplayChoice(QComboBox):
    """``activated`` says that a person chose another one."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Display shown"))
        self.setMinimumWidth(220)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def show_for(self, device: Device | None, hall: Hall | None) -> bool:
        """Offer the hall's displays to this device. Returns False if there is nothing to choose."""
        if hall is None or device is None or device.role is not Role.DISPLAY or not hall.displays:
            return False
        offered: list[tuple[str, DisplayId | None]] = [(self.tr("The first one"), None)]
        offered += [(sentences.localized(hall, one.name), one.id) for one in hall.displays.values()]
        if offered != [(self.itemText(at), self.itemData(at)) for at in range(self.count())]:
            self.clear()
            for name, display in offered:
                self.addItem(name, display)
        self.setCurrentIndex(max(0, self.findData(hall.assigned.get(device.id))))
        self.setToolTip(self.currentText())
        return True


def display_shown(device: Device, hall: Hall | None) -> str:
    """The display that a device shows; empty for any other kind of device, and where none is set up."""
    if hall is None or device.role is not Role.DISPLAY or not hall.displays:
        return ""
    first = next(iter(hall.displays.values()))
    return sentences.localized(hall, hall.displays.get(hall.assigned.get(device.id, ""), first).name)
