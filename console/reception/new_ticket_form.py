"""The form of a new ticket: a few letters of the service, Enter; everything else has its usual value."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLayout, QLineEdit, QWidget

from console import keys, sentences
from console.controls import KeyButton, column, label, on_key, row, shown_key
from console.eliding import ElidingLabel, ElidingList
from console.reception.reception_model import ReceptionModel, appointed
from console.wall_clock import now
from console.work.transfer_panel import STEPS
from shared.languages import own_name
from shared.requests.contacts import Contact
from shared.ui.widget_theme import theme

SERVICE = Qt.ItemDataRole.UserRole
ROWS = 4
"""How many services are in sight; typing and the arrows bring the others."""

TIME_WIDTH = 180
"""Pixels of the field for a time of day."""

DIGIT_KEYS = 9
"""How many precedences have a key of their own."""


class NewTicketForm(QFrame):
    def __init__(self, model: ReceptionModel) -> None:
        super().__init__()
        self.setProperty("is", "card")
        self.model = model
        self.search = QLineEdit(placeholderText=self.tr("Service"))
        self.search.setAccessibleName(self.tr("Service"))
        self.list = ElidingList(self.tr("Services"))
        self.ahead = ElidingLabel(max_lines=2)
        self.precedence = QComboBox()
        self.language = QComboBox()
        self.time = QLineEdit(placeholderText=sentences.example("14:30"))
        self.name = QLineEdit(maxLength=100)
        self.phone = QLineEdit(maxLength=40)
        self.send = KeyButton(self.tr("Give a ticket"), keys.CONFIRM, self.give, "primary", bind=False)
        self._shown: tuple[object, ...] = ()
        self.setLayout(self._inside())
        self._listen()
        self.refresh()

    def _inside(self) -> QLayout:
        self.precedence_key = label("", "key")
        named = row(
            self._named(self.tr("Precedence"), self.precedence, self.precedence_key),
            self._named(self.tr("Language"), self.language),
            self._named(self.tr("Appointment"), self.time, label(shown_key(keys.APPOINTED_TIME), "key")),
        )
        for at, share in enumerate((4, 3)):
            named.setStretch(at, share)
        self.time.setMaximumWidth(TIME_WIDTH)
        title = row(label(self.tr("New ticket"), "large"), label(shown_key(keys.NEW_TICKET), "key"), self.ahead)
        title.setStretchFactor(self.ahead, 1)
        return column(
            title,
            self.search,
            self.list,
            named,
            row(
                self._named(self.tr("Name (optional)"), self.name), self._named(self.tr("Phone (optional)"), self.phone)
            ),
            None,
            self.send,
            margin=theme().margin,
        )

    def _named(self, name: str, field: QWidget, *key_labels: QWidget) -> QLayout:
        field.setAccessibleName(name)
        return column(row(label(name, "caption"), *key_labels, None), field, gap=4)

    def _listen(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.currentRowChanged.connect(self._on_service_chosen)
        self.precedence.currentIndexChanged.connect(self._update_buttons)
        for field in (self.search, self.time, self.name, self.phone):
            field.returnPressed.connect(self.give)
        self.list.activated.connect(self.give)
        on_key(keys.NEW_TICKET, self.begin, self)
        on_key(keys.APPOINTED_TIME, partial(self.time.setFocus, Qt.FocusReason.ShortcutFocusReason), self)
        for digit in range(1, DIGIT_KEYS + 1):
            on_key(keys.digit(digit), partial(self._choose_precedence, digit - 1), self)
        self.model.changed.connect(self.refresh)

    # ── what is shown ──

    def begin(self) -> None:
        """Clear the form for the next customer. No service is chosen then, so another Enter gives no ticket."""
        self.search.clear()
        for field in (self.time, self.name, self.phone):
            field.clear()
        self._fill()
        self.language.setCurrentIndex(0)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        hall = self.model.hall
        services = [(service.id, service.name, self.model.offered(service.id)) for service in self.model.services]
        languages = hall.settings.languages if hall else ()
        if (services, languages) != self._shown:
            self._shown = services, languages
            self.language.clear()
            for language in languages:
                self.language.addItem(own_name(language), language)
            self._fill()
        self._update_buttons()

    def _fill(self) -> None:
        """List the services that match the text, with the first one chosen; without text none is chosen."""
        wanted = self.search.text().casefold().split()
        self.list.clear()
        for service in self.model.services:
            text = sentences.service_line(self.model.hall, service.id) if self.model.hall else ""
            if all(part in text.casefold() for part in wanted):
                self.list.add(text, SERVICE, service.id)
        self.list.setCurrentRow(0 if wanted else -1)
        self.list.show_at_most(ROWS)
        self._on_service_chosen()

    def _on_service_chosen(self) -> None:
        """Offer the precedences of the chosen service."""
        offered = self.model.offered(self.service)
        self.precedence.clear()
        for at, precedence in enumerate(offered, start=1):
            name = sentences.precedence_name(self.model.hall, precedence) if self.model.hall else precedence
            self.precedence.addItem(f"{at}  {name}", precedence)
        self.precedence.setEnabled(len(offered) > 1)
        self.precedence_key.setText(shown_key(keys.digit(1)) + f"–{min(DIGIT_KEYS, len(offered))}")
        self.precedence_key.setVisible(len(offered) > 1)
        self._update_buttons()

    def _update_buttons(self) -> None:
        self.ahead.setText(self.model.people_ahead(self.service, self.precedence.currentData()))
        self.send.setEnabled(bool(self.service) and self.model.is_available)

    @property
    def service(self) -> str:
        """The id of the chosen service, or nothing."""
        return str(self.list.currentItem().data(SERVICE)) if self.list.currentRow() >= 0 else ""

    # ── what is done ──

    def _choose_precedence(self, at: int) -> None:
        if at < self.precedence.count():
            self.precedence.setCurrentIndex(at)

    def give(self) -> None:
        hall = self.model.hall
        if not self.service or hall is None or not self.model.ready:
            return
        try:
            at = appointed(hall.settings, self.time.text(), now())
        except ValueError:
            self.model.say(self.tr("Enter the appointment time like this: 14:30."), refusal=True)
            self.time.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        contact = Contact(name=self.name.text().strip(), phone=self.phone.text().strip())
        self.model.give(self.service, self.precedence.currentData(), self.language.currentData(), at, contact)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows in the search move through the list."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in STEPS:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)
