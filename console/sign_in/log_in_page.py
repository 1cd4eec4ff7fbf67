"""The first page: signing in with login and password, or through the identity provider."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from console.controls import SentenceLine, button, column, frame, label, no_mnemonic, row, separator
from console.eliding import ElidingLabel, elided
from console.sentences import localized
from console.sign_in.sign_on_model import SignOnModel
from shared.hall.errors import Failure
from shared.hall.roles import Actor
from shared.ui.refusals import refusal_text
from shared.ui.station import Station
from shared.ui.widget_theme import theme

CARD = 420
"""Pixels of the card's width."""


class LogInPage(QWidget):
    """Login, password, Enter; a refusal is shown below them."""

    signed_in = Signal()

    def __init__(self, station: Station, signing_on: SignOnModel, other_hall: Callable[[], None] | None = None) -> None:
        """``other_hall`` turns to another hall; without it none is offered."""
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.signing_on = signing_on
        self.hall_name = ElidingLabel(max_lines=2)
        self.login = self._entry(self.tr("Login"))
        self.password = self._entry(self.tr("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.sentence = SentenceLine()
        self.sign_in_button = button(self.tr("Sign in"), "primary", self.sign_in)
        self.typed_password = ""
        """The password just accepted, for a person who has to change it at once; its reader clears it."""
        self.provider_part = self._provider_part()
        self.browser_part = self._browser_part()
        self.other_hall = button(self.tr("Another hall …"), "flat", other_hall)
        self.other_hall.setVisible(other_hall is not None)
        self.setLayout(column(None, row(None, self._card(), None), row(None, self.other_hall, None), None, None))
        self.login.returnPressed.connect(self._on_login_entered)
        self.password.returnPressed.connect(self.sign_in)
        station.changed.connect(self._name_the_hall)
        signing_on.changed.connect(self._show_provider)
        signing_on.signed_in.connect(self._on_signed_on)
        self._show_provider()
        self._name_the_hall()

    def _entry(self, name: str) -> QLineEdit:
        entry = QLineEdit()
        entry.setProperty("is", "entry")
        entry.setAccessibleName(name)
        return entry

    def _card(self) -> QWidget:
        card = frame(
            "card",
            column(
                label("Now Serving", "title"),
                self.hall_name,
                column(label(self.tr("Login"), "caption"), self.login, gap=2),
                column(label(self.tr("Password"), "caption"), self.password, gap=2),
                self.sentence,
                self.sign_in_button,
                self.provider_part,
                self.browser_part,
                margin=2 * theme().margin,
                gap=theme().gap * 3 // 2,
            ),
        )
        card.setFixedWidth(CARD)
        return card

    def _provider_part(self) -> QWidget:
        """The button to the identity provider, below a separator."""
        self.sign_on = button("", "", self.signing_on.begin)
        inside = column(separator(), self.sign_on, gap=theme().gap * 3 // 2)
        return frame("", inside)

    def _browser_part(self) -> QWidget:
        """What is shown while somebody is in the browser."""
        self.go_on = label(self.tr("Continue in the browser window that has opened."), "quiet", wrap=True)
        self.cancel = button(self.tr("Cancel"), "", self.signing_on.cancel)
        return frame("", column(separator(), self.go_on, self.cancel, gap=theme().gap * 3 // 2))

    def _show_provider(self) -> None:
        provider, waiting = self.signing_on.provider, self.signing_on.is_under_way
        self.provider_part.setVisible(provider is not None and not waiting)
        self.browser_part.setVisible(waiting)
        self._name_provider(self.tr("Sign in with {0}").format(provider.host) if provider else "")
        for part in (self.login, self.password, self.sign_in_button):
            part.setEnabled(not waiting)
        if waiting or self.signing_on.sentence:
            self.sentence.say(self.signing_on.sentence)

    def _name_provider(self, name: str) -> None:
        """Elide the button's text to the card; the tooltip and a screen reader have the whole."""
        self.sign_on.ensurePolished()
        room = CARD - 4 * theme().margin - 4 * theme().gap
        self.sign_on.setText(no_mnemonic(elided(name, self.sign_on.font(), room)))
        self.sign_on.setToolTip(name)
        self.sign_on.setAccessibleName(name)

    def _on_signed_on(self) -> None:
        self.password.clear()
        self.signed_in.emit()

    def _name_the_hall(self) -> None:
        hall = self.station.hall
        self.hall_name.setText(localized(hall, hall.settings.name) if hall else "")

    def _on_login_entered(self) -> None:
        if self.password.text():
            self.sign_in()
        else:
            self.password.setFocus()

    def sign_in(self) -> None:
        if self.sign_in_button.isEnabled() and self.login.text().strip():
            self.sign_in_button.setEnabled(False)
            self.sentence.say("")
            self.station.sign_in(self.login.text().strip(), self.password.text(), self._on_signed_in, self._on_failure)

    def _on_signed_in(self, actor: Actor) -> None:
        self.sign_in_button.setEnabled(True)
        self.typed_password = self.password.text()
        self.password.clear()
        self.signed_in.emit()

    def _on_failure(self, failure: Failure) -> None:
        self.sign_in_button.setEnabled(True)
        self.sentence.say(refusal_text(failure))
        self.password.selectAll()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self, sentence: str = "") -> None:
        """Ask somebody to sign in, with a reason if there is one."""
        self.signing_on.ask_provider()
        self.sentence.say(sentence)
        (self.password if self.login.text() else self.login).setFocus(Qt.FocusReason.OtherFocusReason)
