"""The services: names, ticket numbers, hours, limits, precedences, and what a visit goes on to."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from console import sentences
from console.controls import check_box, column, label, row
from console.set_up.list_edit import HoursEdit
from console.set_up.missing_set_up import MissingSetUp
from console.set_up.ordered_choice import OrderedChoice
from console.set_up.section import DefinitionSection, ListSection, form_line, number_field, scrolled, with_list
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.field_limits import PREFIX
from shared.hall.labels import series
from shared.hall.values import Service
from shared.ui.widget_theme import theme


class ServicesSection(DefinitionSection, ListSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("Services"))
        self.name = TranslatedTextEdit(self.tr("Name"))
        self.description = TranslatedTextEdit(self.tr("Short description"), columns=2)
        self.prefix = QLineEdit(maxLength=PREFIX.longest)
        self.prefix.setFixedWidth(90)
        self.prefix.setAccessibleName(self.tr("Prefix of the tickets"))
        self.menu_position = number_field(self.tr("Position in the kiosk's menu"), 999, width=90)
        self.on = check_box(self.tr("Offered to customers"))
        self.hours = HoursEdit(self.tr("Hours of this service"), "mon-fri 08:00-12:00", lines=2)
        self.daily_limit = number_field(self.tr("Tickets a day at most, 0: no limit"), 9999, width=110)
        takes = self.tr("A visit takes about")
        self.visit_minutes = number_field(takes, 999, minimum=1, width=110, suffix=self.tr(" min"))
        self.first_number = number_field(self.tr("First number"), 9999, width=90)
        self.last_number = number_field(self.tr("Last number"), 9999, width=90)
        self.digits = number_field(self.tr("Digits"), 4, minimum=2, width=70)
        self.shares = QComboBox()
        self.shares.setMinimumWidth(200)
        self.shares.setAccessibleName(self.tr("Shares its numbers with"))
        self.shares.currentIndexChanged.connect(self._on_sharing_changed)
        self.digits.valueChanged.connect(self._on_digits_changed)
        self.then = OrderedChoice(self.tr("The visit then goes on to"), self.tr("(nothing more)"))
        self.lacking = MissingSetUp(model)
        self.offers = QVBoxLayout()
        self.boxes: dict[str, QCheckBox] = {}
        self.usual = QComboBox()
        self.usual.setMinimumWidth(180)
        self.usual.setAccessibleName(self.tr("Usual precedence"))
        self.setLayout(
            with_list(
                column(
                    scrolled(self._form()),
                    self.lacking,
                    self.sentence,
                    self.buttons(),
                    margin=theme().margin,
                    gap=theme().gap,
                ),
                self.list,
            )
        )

    def _form(self) -> QVBoxLayout:
        return column(
            label(self.tr("Name"), "large"),
            self.name,
            label(self.tr("Short description"), "large"),
            self.description,
            self._details(),
            form_line(self.tr("Usual precedence"), row(self.usual, None)),
            form_line(self.tr("Precedences offered"), self.offers),
            self._numbers(),
            self._limits(),
            self._visit_part(),
            None,
            gap=theme().gap + theme().gap // 2,
        )

    def _details(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("Prefix of the tickets"), self.prefix),
            form_line(self.tr("Position in the kiosk's menu"), self.menu_position),
            form_line("", self.on),
            None,
            gap=theme().margin,
        )

    def _numbers(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("First number"), self.first_number),
            form_line(self.tr("Last number"), self.last_number),
            form_line(self.tr("Digits"), self.digits),
            form_line(self.tr("Shares its numbers with"), self.shares),
            None,
            gap=theme().margin,
        )

    def _limits(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("Hours of this service, one span per line; none: the hall's"), self.hours),
            column(form_line(self.tr("Tickets a day at most, 0: no limit"), self.daily_limit), None),
            None,
            gap=theme().margin,
        )

    def _visit_part(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("A visit takes about"), self.visit_minutes),
            form_line(self.tr("The visit then goes on to"), self.then),
            None,
            gap=theme().margin,
        )

    def _on_sharing_changed(self) -> None:
        """Show the numbers of the service this one shares with; its own can't be edited then."""
        owner = self.model.hall.services.get(self.shares.currentData() or "")
        for field in (self.prefix, self.first_number, self.last_number, self.digits):
            field.setEnabled(owner is None)
        if owner:
            self._load_numbers(owner)

    def _on_digits_changed(self, digits: int) -> None:
        """Keep the last number at the largest the digits allow, unless it was set lower."""
        largest = 10**digits - 1
        if self.last_number.value() in (99, 999, 9999) or self.last_number.value() > largest:
            self.last_number.setValue(largest)

    def items(self) -> list[tuple[str, str]]:
        return [(service.id, self._line(service) + self._unserved_note(service)) for service in self.model.services]

    def _unserved_note(self, service: Service) -> str:
        return "\n" + self.tr("no service point gives it") if service.id in self.model.services_without_point else ""

    def refresh(self) -> None:
        super().refresh()
        self.lacking.show_for(self.item_id)

    def _line(self, service: Service) -> str:
        line = sentences.service_line(self.model.hall, service.id)
        return line if service.on else line + " " + self.tr("(off)")

    def fill_form(self, item_id: str) -> None:
        service = self.model.hall.services.get(item_id) or self._blank()
        for edit, words in ((self.name, service.name), (self.description, service.description)):
            edit.set_languages(self.model.hall.settings.languages)
            edit.show_words(words)
        self._load_shares(service)
        self._load_numbers(service)
        self._on_sharing_changed()
        self.hours.show_lines(service.hours)
        self.daily_limit.setValue(service.daily_limit)
        self.visit_minutes.setValue(service.visit_minutes)
        self.menu_position.setValue(service.place)
        self.on.setChecked(service.on)
        self.then.show_chosen(service.then, self._others(service))
        self._load_offers(service)
        self.lacking.show_for(item_id)
        if not item_id and (first := self.name.first_field()):
            first.setFocus()

    def _others(self, service: Service) -> dict[str, str]:
        """The other services: their texts in the list, by id."""
        return {other.id: self._line(other) for other in self.model.services if other.id != service.id}

    def _load_numbers(self, service: Service) -> None:
        numbers = series(service)
        self.prefix.setText(service.prefix)
        self.digits.setValue(numbers.digits)
        self.first_number.setValue(numbers.first)
        self.last_number.setValue(numbers.last)

    def _load_shares(self, service: Service) -> None:
        self.shares.blockSignals(True)
        self.shares.clear()
        self.shares.addItem(self.tr("(no other service)"), None)
        for other, line in self._others(service).items():
            if self.model.hall.service(other).shares_numbers_with is None:
                self.shares.addItem(line, other)
        self.shares.setCurrentIndex(max(0, self.shares.findData(service.shares_numbers_with)))
        self.shares.blockSignals(False)

    def _blank(self) -> Service:
        last = max((service.place for service in self.model.services), default=-1)
        return Service(id="", name="", prefix=self.model.next_prefix, place=last + 1)

    def _load_offers(self, service: Service) -> None:
        offered = self.model.hall.offered(service)
        for box in self.boxes.values():
            box.hide()  # it goes a moment later
            box.deleteLater()
        self.usual.clear()
        self.boxes = {}
        for precedence in self.model.precedences:
            name = sentences.localized(self.model.hall, precedence.name)
            box = self.boxes[precedence.id] = check_box(name)
            box.setChecked(precedence.id in offered)
            self.offers.addWidget(box)
            box.show()  # at once, so that it can take the focus
            self.usual.addItem(name, precedence.id)
        self.usual.setCurrentIndex(self.usual.findData(offered[0]) if offered else -1)

    def draft(self) -> Service:
        return Service(
            id=self.item_id,
            name=trimmed(self.name.words()),
            prefix=self.prefix.text().strip().upper(),
            description=trimmed(self.description.words()) or "",
            precedences=self._unless_all(self._ticked()),
            place=self.menu_position.value(),
            on=self.on.isChecked(),
            hours=self.hours.lines(),
            daily_limit=self.daily_limit.value(),
            visit_minutes=self.visit_minutes.value(),
            first=self.first_number.value(),
            last=None if self.last_number.value() == 10 ** self.digits.value() - 1 else self.last_number.value(),
            digits=self.digits.value(),
            shares_numbers_with=self.shares.currentData(),
            then=self.then.chosen(),
        )

    def content(self) -> Service:
        """The draft, with the ticked precedences as such: one that the hall gets meanwhile is no change of the form."""
        return replace(self.draft(), precedences=self._ticked())

    def _ticked(self) -> tuple[str, ...]:
        """The ticked precedences, the usual one first, ticked or not."""
        usual = str(self.usual.currentData() or "")
        ticked = [precedence for precedence, box in self.boxes.items() if box.isChecked() and precedence != usual]
        return (usual, *ticked) if usual else tuple(ticked)

    def _unless_all(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """These precedences; none if they are all of the hall's, so that later ones are offered too."""
        return () if offered == tuple(self.model.hall.precedences) else offered

    def retire(self) -> None:
        self.model.retire(self.model.hall.service(self.item_id))
