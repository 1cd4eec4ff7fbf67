"""The first page: who are you? Said with login and password, or by the house's identity provider."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from console.controls import SentenceLine, button, column, frame, label, row, rule, unkeyed
from console.eliding import ElidingLabel, elided
from console.sentences import said
from console.sign_in.sign_on_model import SignOnModel
from shared.hall.errors import Failure
from shared.hall.roles import Actor
from shared.ui.refusals import why_not
from shared.ui.station import Station
from shared.ui.widget_theme import theme

CARD = 420
"""Pixels."""


class LogInPage(QWidget):
    """Login, password, Enter. What is wrong is said beside them."""

    signed_in = Signal()

    def __init__(self, station: Station, signing_on: SignOnModel, elsewhere: Callable[[], None] | None = None) -> None:
        """``elsewhere`` turns to another hall; without it none is offered."""
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.signing_on = signing_on
        self.hall_name = ElidingLabel(most=2)
        self.login = self._entry(self.tr("Login"))
        self.password = self._entry(self.tr("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.sentence = SentenceLine()
        self.enter = button(self.tr("Sign in"), "primary", self.sign_in)
        self.typed = ""
        """The password that was just right, for who has to change it at once; whoever looks at it forgets it."""
        self.other_way = self._other_way()
        self.way_back = self._way_back()
        self.elsewhere = button(self.tr("Another hall …"), "flat", elsewhere)
        self.elsewhere.setVisible(elsewhere is not None)
        self.setLayout(column(None, row(None, self._card(), None), row(None, self.elsewhere, None), None, None))
        self.login.returnPressed.connect(self._from_login)
        self.password.returnPressed.connect(self.sign_in)
        station.changed.connect(self._name_the_hall)
        signing_on.changed.connect(self._show_the_way)
        signing_on.signed_in.connect(self._through)
        self._show_the_way()
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
                self.enter,
                self.other_way,
                self.way_back,
                margin=2 * theme().margin,
                gap=theme().gap * 3 // 2,
            ),
        )
        card.setFixedWidth(CARD)
        return card

    def _other_way(self) -> QWidget:
        """The button to the provider, under a line."""
        self.sign_on = button("", "", self.signing_on.begin)
        inside = column(rule(), self.sign_on, gap=theme().gap * 3 // 2)
        return frame("", inside)

    def _way_back(self) -> QWidget:
        """What is shown while somebody is in the browser."""
        self.go_on = label(self.tr("Go on in the browser window that has opened."), "quiet", wrap=True)
        self.cancel = button(self.tr("Cancel"), "", self.signing_on.cancel)
        return frame("", column(rule(), self.go_on, self.cancel, gap=theme().gap * 3 // 2))

    def _show_the_way(self) -> None:
        provider, waiting = self.signing_on.provider, self.signing_on.waiting
        self.other_way.setVisible(provider is not None and not waiting)
        self.way_back.setVisible(waiting)
        self._name_the_way(self.tr("Sign in with {0}").format(provider.host) if provider else "")
        for part in (self.login, self.password, self.enter):
            part.setEnabled(not waiting)
        if waiting or self.signing_on.sentence:
            self.sentence.say(self.signing_on.sentence)

    def _name_the_way(self, name: str) -> None:
        """In as much room as the card has; the whole name is in the tip, and read aloud."""
        self.sign_on.ensurePolished()
        room = CARD - 4 * theme().margin - 4 * theme().gap
        self.sign_on.setText(unkeyed(elided(name, self.sign_on.font(), room)))
        self.sign_on.setToolTip(name)
        self.sign_on.setAccessibleName(name)

    def _through(self) -> None:
        self.password.clear()
        self.signed_in.emit()

    def _name_the_hall(self) -> None:
        hall = self.station.hall
        self.hall_name.setText(said(hall, hall.settings.name) if hall else "")

    def _from_login(self) -> None:
        if self.password.text():
            self.sign_in()
        else:
            self.password.setFocus()

    def sign_in(self) -> None:
        if self.enter.isEnabled() and self.login.text().strip():
            self.enter.setEnabled(False)
            self.sentence.say("")
            self.station.sign_in(self.login.text().strip(), self.password.text(), self._done, self._failed)

    def _done(self, actor: Actor) -> None:
        self.enter.setEnabled(True)
        self.typed = self.password.text()
        self.password.clear()
        self.signed_in.emit()

    def _failed(self, failure: Failure) -> None:
        self.enter.setEnabled(True)
        self.sentence.say(why_not(failure))
        self.password.selectAll()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self, sentence: str = "") -> None:
        """Ask for a person, with a reason if there is one."""
        self.signing_on.look()
        self.sentence.say(sentence)
        (self.password if self.login.text() else self.login).setFocus(Qt.FocusReason.OtherFocusReason)
