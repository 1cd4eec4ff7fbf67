"""Changing one's password, by choice or because the first one came from somebody else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from console import keys
from console.controls import KeyButton, SentenceLine, button, column, frame, label, row
from shared.hall.errors import Failure
from shared.ui.refusals import refusal_text
from shared.ui.station import Station
from shared.ui.widget_theme import theme


class PasswordPage(QWidget):
    """The old password, the new one twice, Enter."""

    done = Signal()
    given_up = Signal()

    def __init__(self, station: Station) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.title = label("", "title", wrap=True)
        self.about = label("", "quiet", wrap=True)
        self.old = self._entry(self.tr("Old password"))
        self.new = self._entry(self.tr("New password"))
        self.again = self._entry(self.tr("New password again"))
        self.sentence = SentenceLine()
        self.save_button = button(self.tr("Change password"), "primary", self.save)
        self.cancel = KeyButton(self.tr("Cancel"), keys.CANCEL, self._give_up)
        self.old_line = self._line(self.tr("Old password"), self.old)
        self.setLayout(column(None, row(None, self._card(), None), None, None))
        for entry, following in ((self.old, self.new), (self.new, self.again)):
            entry.returnPressed.connect(following.setFocus)
        self.again.returnPressed.connect(self.save)

    def _entry(self, name: str) -> QLineEdit:
        entry = QLineEdit(echoMode=QLineEdit.EchoMode.Password, maxLength=128)
        entry.setProperty("is", "entry")
        entry.setAccessibleName(name)
        return entry

    def _line(self, name: str, entry: QLineEdit) -> QWidget:
        line = QWidget()
        line.setLayout(column(label(name, "caption"), entry, gap=2))
        return line

    def _card(self) -> QWidget:
        card = frame(
            "card",
            column(
                self.title,
                self.about,
                self.old_line,
                self._line(self.tr("New password"), self.new),
                self._line(self.tr("New password again"), self.again),
                self.sentence,
                self.save_button,
                self.cancel,
                margin=2 * theme().margin,
                gap=theme().gap * 3 // 2,
            ),
        )
        card.setFixedWidth(460)
        return card

    def begin(self, first: str = "") -> None:
        """Ask for the old and the new password; only for the new one if ``first`` is the old one, just typed."""
        self.title.setText(self.tr("Choose a password of your own") if first else self.tr("Change password"))
        self.about.setText(self.tr("At least 8 characters. Three words nobody else would put together are good."))
        for entry in (self.old, self.new, self.again):
            entry.clear()
        self.old.setText(first)
        self.old_line.setVisible(not first)
        self.sentence.say("")
        self.save_button.setEnabled(True)
        (self.new if first else self.old).setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        if not self.save_button.isEnabled():
            return
        if self.new.text() != self.again.text():
            self.sentence.say(self.tr("The two new passwords are not the same: type them again."))
            self.again.clear()
            self.new.setFocus()
            return
        self.save_button.setEnabled(False)
        self.sentence.say("")
        self.station.change_password(self.old.text(), self.new.text(), self._on_changed, self._on_failure)

    def _on_changed(self, _: object) -> None:
        self._clear_fields()
        self.done.emit()

    def _on_failure(self, failure: Failure) -> None:
        self.save_button.setEnabled(True)
        self.sentence.say(refusal_text(failure))

    def _give_up(self) -> None:
        self._clear_fields()
        self.given_up.emit()

    def _clear_fields(self) -> None:
        for entry in (self.old, self.new, self.again):
            entry.clear()
