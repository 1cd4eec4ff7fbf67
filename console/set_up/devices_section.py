"""The kiosks, displays and signs of a hall: pairing a new one by its code, renaming and revoking."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLineEdit, QVBoxLayout, QWidget

from console import keys, sentences
from console.controls import ConfirmButton, KeyButton, SentenceLine, button, column, frame, label, row, separator
from console.eliding import elided
from console.keyboard_place import enable, reveal
from console.set_up import device_sentences
from console.set_up.devices_model import DevicesModel
from console.set_up.display_choice import DisplayChoice, display_shown
from console.set_up.section import form_line, scrolled
from console.table import ChoosingTable, Column, TableRows
from console.wall_clock import now
from shared.requests.devices import Device, Newcomer
from shared.ui.widget_theme import theme

LEAST_DEVICES = 3
"""Rows of devices in sight, however low the window."""

MOST_NEWCOMERS = 3
"""Rows of newcomers in sight; the arrows bring the others."""

WIDEST_KIND, WIDEST_STATE = 220, 420
"""Pixels of a device's kind with the display it shows, and of its state, at most."""


class DevicesSection(QWidget):
    def __init__(self, model: DevicesModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.new_name = _entry(self.tr("Name"), 280)
        self._code_and_name()
        self._tables()
        self.rename_button = KeyButton(self.tr("Rename"), keys.SAVE, self.rename)
        self.revoke_button = ConfirmButton(
            self.tr("Take out of service …"), self.tr("It stops at once. Press again"), self.revoke
        )
        self.display_choice = DisplayChoice()
        self.display_choice.activated.connect(self.assign)
        self.display_part = QWidget()
        self.display_part.setLayout(form_line(self.tr("Display shown"), self.display_choice))
        self.troubles = label("", "warning", wrap=True)
        self.seen_button = button(self.tr("I have seen it"), "", self.acknowledge_troubles)
        self.no_device = label(self.tr("No device yet: switch one on, and type its code above."), "quiet", wrap=True)
        self.sentence = SentenceLine()
        self._chosen_id = ""
        cards = frame("card", self._newcomers_part()), frame("card", self._devices_part())
        both = column(*cards, margin=theme().margin, gap=theme().margin)
        both.setStretch(1, 1)
        self.page = scrolled(both)
        both.setContentsMargins(*[theme().margin] * 4)
        for part in filter(None, (self.page, self.page.widget())):
            part.setProperty("is", "page")
        self.setLayout(column(self.page))
        model.changed.connect(self.refresh)
        model.confirmed.connect(self._on_confirmed)
        self.refresh()

    def _code_and_name(self) -> None:
        self.code = _entry(self.tr("Code on its screen"), 200)
        self.code.setPlaceholderText(sentences.example("7KQF-9MHR"))
        self.name = _entry(self.tr("Name in this hall"))
        self.name.setPlaceholderText(sentences.example(self.tr("Kiosk at the door")))
        self.name.setMinimumWidth(220)  # for the whole of the example
        self.confirm_button = KeyButton(self.tr("Add the device"), keys.CONFIRM, self.confirm, "primary", bind=False)
        self.code.returnPressed.connect(self._on_code_entered)
        self.name.returnPressed.connect(self.confirm)
        for entry in (self.code, self.name, self.new_name):
            entry.textEdited.connect(self._clear_success)

    def _tables(self) -> None:
        self.new_rows = TableRows(self._new_columns(), lambda newcomer: newcomer.id)
        self.newcomers = _table(self.new_rows, self.tr("Devices waiting for their code to be typed"))
        self.newcomers.chosen_changed.connect(self._update_buttons)
        self.refuse_button = button(self.tr("Reject"), "", self.refuse)
        self.rows = TableRows(self._columns(), lambda device: device.id)
        self.devices = _table(self.rows, self.tr("Devices of this hall"))
        self.devices.setMinimumHeight((1 + LEAST_DEVICES) * theme().smallestTouch)
        self.devices.chosen_changed.connect(self._on_device_chosen)

    def _newcomers_part(self) -> QHBoxLayout:
        about = self.tr(
            "A kiosk, display or sign that is switched on finds this hall by itself and shows a code. Type it here."
        )
        form = row(
            form_line(self.tr("Code on its screen"), self.code),
            form_line(self.tr("Name in this hall"), self.name),
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

    def _devices_part(self) -> QVBoxLayout:
        return column(
            label(self.tr("Devices of this hall"), "large"),
            self.no_device,
            self.devices,
            _with_button(self.troubles, self.seen_button),
            separator(),
            self._buttons_row(),
            margin=theme().margin,
            gap=theme().gap,
        )

    def _buttons_row(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("Name"), self.new_name),
            form_line("", self.rename_button),
            self.display_part,
            None,
            form_line("", self.revoke_button),
        )

    def _new_columns(self) -> list[Column[Newcomer]]:
        return [
            Column(title=self.tr("Waiting to be added"), text=lambda one: device_sentences.kind(one.role)),
            Column(title=self.tr("Address"), text=lambda one: one.address, font_size=theme().text),
            Column(title=self.tr("Asked"), text=lambda one: device_sentences.how_long_ago(one.asked_at, now())),
        ]

    def _columns(self) -> list[Column[Device]]:
        return [
            Column(title=self.tr("Name"), text=lambda one: one.name),
            Column(title=self.tr("Kind"), text=self._kind, full_text=self._whole_kind),
            Column(
                title=self.tr("Last seen"),
                text=lambda one: device_sentences.last_seen(one.seen_at, now()),
                ink=lambda one: theme().warning if device_sentences.is_silent(one.seen_at, now()) else theme().good,
            ),
            Column(title=self.tr("Address"), text=lambda one: one.address, font_size=theme().text),
            Column(title=self.tr("Version"), text=lambda one: one.version, font_size=theme().text),
            Column(title=self.tr("State"), text=self._state, ink=_state_ink, full_text=device_sentences.state),
        ]

    def _state(self, device: Device) -> str:
        return elided(device_sentences.state(device), self.devices.font(), WIDEST_STATE)

    def _kind(self, device: Device) -> str:
        return elided(self._whole_kind(device), self.devices.font(), WIDEST_KIND)

    def _whole_kind(self, device: Device) -> str:
        """Its kind, and which display it shows."""
        shown = display_shown(device, self.model.station.hall)
        return " · ".join(filter(None, (device_sentences.device_kind(device), shown)))

    # ── what is done ──

    def take_focus(self) -> None:
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        self.model.begin()
        self.take_focus()

    def forget(self) -> None:
        """Clear what one person typed before the next one signs in."""
        self.code.clear()
        self.name.clear()
        self._chosen_id = ""
        self.model.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit_troubles()

    def _fit_troubles(self) -> None:
        """Give the troubles their height: a scroll area does not ask for height by width."""
        width = self.devices.width() - self.seen_button.sizeHint().width() - theme().gap
        self.troubles.setMinimumHeight(self.troubles.heightForWidth(width) if self.troubles.text() else 0)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        self.model.watched = False
        super().hideEvent(event)

    def _on_code_entered(self) -> None:
        if self.name.text().strip():
            self.confirm()
        else:
            self.name.setFocus()

    def confirm(self) -> None:
        self.model.confirm(self.code.text(), self.name.text())

    def _on_confirmed(self) -> None:
        self.code.clear()
        self.name.clear()
        self.take_focus()

    def refuse(self) -> None:
        chosen = next((one for one in self.model.newcomers if one.id == self.newcomers.chosen), None)
        if chosen:
            self.model.refuse(chosen)

    def rename(self) -> None:
        if chosen := self.model.device(self._chosen_id):
            self.model.rename(chosen, self.new_name.text())

    def assign(self) -> None:
        if chosen := self.model.device(self._chosen_id):
            self.model.assign(chosen, self.display_choice.currentData())

    def revoke(self) -> None:
        if chosen := self.model.device(self._chosen_id):
            self.model.revoke(chosen)

    def acknowledge_troubles(self) -> None:
        if chosen := self.model.device(self._chosen_id):
            self.model.acknowledge_troubles(chosen)

    # ── what is shown ──

    def _clear_success(self) -> None:
        """Clear a success message; a refusal stays, to be read while it is put right."""
        if self.model.sentence and not self.model.is_refusal:
            self.model.say("")

    def _on_device_chosen(self) -> None:
        self._clear_success()
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Show the chosen device in the line below the table."""
        if self.devices.chosen != self._chosen_id:
            self._chosen_id = self.devices.chosen
            chosen = self.model.device(self._chosen_id)
            self.new_name.setText(chosen.name if chosen else "")
            self.revoke_button.reset()
        self._update_buttons()

    def refresh(self) -> None:
        newcomers, devices = list(self.model.newcomers), list(self.model.devices)
        self.newcomers.keep_chosen(lambda: self.new_rows.show(newcomers))
        with QSignalBlocker(self.devices):  # nobody chose anything when the chosen device goes
            self.devices.keep_chosen(lambda: self.rows.show(devices))
        for part in (self.newcomers, self.refuse_button):
            reveal(part, on=bool(newcomers))
        header = self.newcomers.horizontalHeader().sizeHint().height()
        self.newcomers.setFixedHeight(header + min(MOST_NEWCOMERS, len(newcomers)) * theme().smallestTouch)
        self.no_device.setVisible(self.model.is_read and not devices)
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)
        self._show_chosen()

    def _update_buttons(self) -> None:
        can_act = not self.model.busy and self.model.station.away_since is None
        hall = self.model.station.hall
        troubles = device_sentences.troubles(self.model.device(self._chosen_id), hall)
        self.troubles.setText(troubles)
        self._fit_troubles()
        for part in (self.troubles, self.seen_button):
            reveal(part, on=bool(troubles))
        enable(self.seen_button, on=can_act)
        reveal(self.display_part, on=self.display_choice.show_for(self.model.device(self._chosen_id), hall))
        for widget in (self.rename_button, self.revoke_button, self.new_name, self.display_choice):
            enable(widget, on=can_act and bool(self._chosen_id))
        enable(self.confirm_button, on=can_act)
        enable(self.refuse_button, on=can_act and bool(self.newcomers.chosen))


def _with_button(text: QWidget, button: QWidget) -> QHBoxLayout:
    """A label that takes the room there is, and its button."""
    layout = row(text, button)
    layout.setStretch(0, 1)
    return layout


def _entry(name: str, width: int = 0) -> QLineEdit:
    """A field ``width`` pixels wide; 0: at least 150, and as wide as there is room."""
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


def _state_ink(device: Device) -> str | None:
    if device.paper == "out":
        return theme().bad
    if device.troubles or device.sound or device.unprinted or device.paper == "low":
        return theme().warning
    return theme().good if device.paper == "ok" else None
