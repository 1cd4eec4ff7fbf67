"""The kiosks, displays and signs of a hall: a new one comes in by its code, an old one goes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLineEdit, QVBoxLayout, QWidget

from console import keys, sentences
from console.controls import KeyButton, SentenceLine, SureButton, button, column, frame, label, row, rule
from console.set_up import device_sentences as words
from console.set_up.devices_model import DevicesModel
from console.set_up.section import form_line, scrolled
from console.table import ChoosingTable, Column, TableRows
from console.wall_clock import now
from shared.access.devices import Device, Newcomer
from shared.ui.widget_theme import theme

LEAST_DEVICES = 3
"""Rows of devices in sight, however low the window and whatever is said above them."""

MOST_NEWCOMERS = 3
"""Rows of newcomers in sight; the others by the arrows."""


class DevicesSection(QWidget):
    def __init__(self, model: DevicesModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.new_name = _entry(self.tr("Name"), 280)
        self._code_and_name()
        self._tables()
        self.rename_button = KeyButton(self.tr("Rename"), keys.SAVE, self.rename)
        self.revoke_button = SureButton(
            self.tr("Take out of service …"), self.tr("It stops at once. Press again"), self.revoke
        )
        self.troubles = label("", "warning", wrap=True)
        self.seen_button = button(self.tr("I have seen it"), "", self.see_troubles)
        self.nobody = label(self.tr("No device yet: switch one on, and type its code above."), "quiet", wrap=True)
        self.sentence = SentenceLine()
        self._chosen = ""
        cards = frame("card", self._new()), frame("card", self._here())
        both = column(*cards, margin=theme().margin, gap=theme().margin)
        both.setStretch(1, 1)
        self.page = scrolled(both)
        both.setContentsMargins(*[theme().margin] * 4)
        for part in filter(None, (self.page, self.page.widget())):
            part.setProperty("is", "page")
        self.setLayout(column(self.page))
        model.changed.connect(self.refresh)
        model.confirmed.connect(self._confirmed)
        self.refresh()

    def _code_and_name(self) -> None:
        self.code = _entry(self.tr("Code on its screen"), 200)
        self.code.setPlaceholderText(sentences.example("7KQF-9MHR"))
        self.name = _entry(self.tr("What it is called here"))
        self.name.setPlaceholderText(sentences.example(self.tr("Kiosk at the door")))
        self.name.setMinimumWidth(220)  # for the whole of the example
        self.confirm_button = KeyButton(self.tr("Take it in"), keys.CONFIRM, self.confirm, "primary", bind=False)
        self.code.returnPressed.connect(self._from_code)
        self.name.returnPressed.connect(self.confirm)
        for entry in (self.code, self.name, self.new_name):
            entry.textEdited.connect(self._calm)

    def _tables(self) -> None:
        self.new_rows = TableRows(self._new_columns(), lambda newcomer: newcomer.id)
        self.newcomers = _table(self.new_rows, self.tr("Devices that wait for their code to be typed"))
        self.newcomers.chosen_changed.connect(self._offer)
        self.refuse_button = button(self.tr("Turn it away"), "", self.refuse)
        self.rows = TableRows(self._columns(), lambda device: device.id)
        self.devices = _table(self.rows, self.tr("Devices of this hall"))
        self.devices.setMinimumHeight((1 + LEAST_DEVICES) * theme().smallestTouch)
        self.devices.chosen_changed.connect(self._chose)

    def _new(self) -> QHBoxLayout:
        about = self.tr(
            "A kiosk, display or sign that is switched on finds this hall by itself and shows a code. Type it here."
        )
        form = row(
            form_line(self.tr("Code on its screen"), self.code),
            form_line(self.tr("What it is called here"), self.name),
            form_line("", self.confirm_button),
        )
        left = column(
            label(self.tr("A new device"), "large"), label(about, "quiet", wrap=True), form, self.sentence, None
        )
        right = column(self.newcomers, row(None, self.refuse_button), None)
        inside = row(left, right, margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 1)
        inside.setStretch(1, 1)
        return inside

    def _here(self) -> QVBoxLayout:
        return column(
            label(self.tr("Devices of this hall"), "large"),
            self.nobody,
            self.devices,
            _seen(self.troubles, self.seen_button),
            rule(),
            self._keys(),
            margin=theme().margin,
            gap=theme().gap,
        )

    def _keys(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("Name"), self.new_name),
            form_line("", self.rename_button),
            None,
            form_line("", self.revoke_button),
        )

    def _new_columns(self) -> list[Column[Newcomer]]:
        return [
            Column(title=self.tr("Waits to be let in"), text=lambda one: words.kind(one.role)),
            Column(title=self.tr("Address"), text=lambda one: one.address, figures=theme().text),
            Column(title=self.tr("Came"), text=lambda one: words.how_long_ago(one.asked_at, now())),
        ]

    def _columns(self) -> list[Column[Device]]:
        return [
            Column(title=self.tr("Name"), text=lambda one: one.name),
            Column(title=self.tr("Kind"), text=words.device_kind),
            Column(
                title=self.tr("Last seen"),
                text=lambda one: words.last_seen(one.seen_at, now()),
                ink=lambda one: theme().warning if words.is_silent(one.seen_at, now()) else theme().good,
            ),
            Column(title=self.tr("Address"), text=lambda one: one.address, figures=theme().text),
            Column(title=self.tr("Version"), text=lambda one: one.version, figures=theme().text),
            Column(title=self.tr("Paper"), text=words.paper, ink=_paper_ink),
        ]

    # ── what is done ──

    def take_focus(self) -> None:
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        self.model.begin()
        self.take_focus()

    def forget(self) -> None:
        """The next person finds nothing of what was typed here."""
        self.code.clear()
        self.name.clear()
        self._chosen = ""
        self.model.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        """What scrolls does not ask how high words are in the width they have."""
        width = self.devices.width() - self.seen_button.sizeHint().width() - theme().gap
        self.troubles.setMinimumHeight(self.troubles.heightForWidth(width) if self.troubles.text() else 0)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        """Nobody looks any more."""
        self.model.looked_at = False
        super().hideEvent(event)

    def _from_code(self) -> None:
        if self.name.text().strip():
            self.confirm()
        else:
            self.name.setFocus()

    def confirm(self) -> None:
        self.model.confirm(self.code.text(), self.name.text())

    def _confirmed(self) -> None:
        self.code.clear()
        self.name.clear()
        self.take_focus()

    def refuse(self) -> None:
        chosen = next((one for one in self.model.newcomers if one.id == self.newcomers.chosen), None)
        if chosen:
            self.model.refuse(chosen)

    def rename(self) -> None:
        if chosen := self.model.device(self._chosen):
            self.model.rename(chosen, self.new_name.text())

    def revoke(self) -> None:
        if chosen := self.model.device(self._chosen):
            self.model.revoke(chosen)

    def see_troubles(self) -> None:
        if chosen := self.model.device(self._chosen):
            self.model.see_troubles(chosen)

    # ── what is shown ──

    def _calm(self) -> None:
        """What was done is not what is being done now. What is lacking stays, to be read while it is filled in."""
        if self.model.sentence and not self.model.is_refusal:
            self.model.say("")

    def _chose(self) -> None:
        self._calm()
        self._turn_to()

    def _turn_to(self) -> None:
        """The line below the table is about the device chosen in it."""
        if self.devices.chosen != self._chosen:
            self._chosen = self.devices.chosen
            chosen = self.model.device(self._chosen)
            self.new_name.setText(chosen.name if chosen else "")
            self.revoke_button.calm()
        self._offer()

    def refresh(self) -> None:
        newcomers, devices = list(self.model.newcomers), list(self.model.devices)
        self.newcomers.keeping(lambda: self.new_rows.show(newcomers))
        with QSignalBlocker(self.devices):  # nobody chooses another by its going
            self.devices.keeping(lambda: self.rows.show(devices))
        for part in (self.newcomers, self.refuse_button):
            part.setVisible(bool(newcomers))
        header = self.newcomers.horizontalHeader().sizeHint().height()
        self.newcomers.setFixedHeight(header + min(MOST_NEWCOMERS, len(newcomers)) * theme().smallestTouch)
        self.nobody.setVisible(self.model.known and not devices)
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)
        self._turn_to()

    def _offer(self) -> None:
        free = not self.model.busy and self.model.station.away_since is None
        told = words.troubles(self.model.device(self._chosen), self.model.station.hall)
        self.troubles.setText(told)
        self._give_room()
        for part in (self.troubles, self.seen_button):
            part.setVisible(bool(told))
        self.seen_button.setEnabled(free)
        for key in (self.rename_button, self.revoke_button, self.new_name):
            key.setEnabled(free and bool(self._chosen))
        self.confirm_button.setEnabled(free)
        self.refuse_button.setEnabled(free and bool(self.newcomers.chosen))


def _seen(says: QWidget, key: QWidget) -> QHBoxLayout:
    """The words take the room there is."""
    line = row(says, key)
    line.setStretch(0, 1)
    return line


def _entry(name: str, width: int = 0) -> QLineEdit:
    """A field so wide, or as wide as there is room."""
    entry = QLineEdit(maxLength=64)
    entry.setMinimumWidth(width or 150)
    entry.setMaximumWidth(width or entry.maximumWidth())
    entry.setAccessibleName(name)
    return entry


def _table(rows: TableRows[Device] | TableRows[Newcomer], name: str) -> ChoosingTable:
    table = ChoosingTable(rows, name)
    table.verticalHeader().setDefaultSectionSize(theme().smallestTouch)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _paper_ink(device: Device) -> str | None:
    if (device.unprinted or device.troubles) and device.paper != "out":
        return theme().warning
    return {"low": theme().warning, "out": theme().bad, "ok": theme().good}.get(device.paper)
