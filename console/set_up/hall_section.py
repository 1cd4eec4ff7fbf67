"""What holds for the whole hall: its name, its languages, its clock, its customers' phones."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
)

from console.controls import button, check_box, column, label, row
from console.sentences import example
from console.set_up.list_edit import HoursEdit
from console.set_up.section import SettingsSection, aligned, form_line, number_field
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared import catalogue
from shared.hall.field_limits import LONGEST_KEPT
from shared.hall.field_types import Language
from shared.hall.hall_settings import HallSettings
from shared.hall.time_zones import zones
from shared.languages import own_name
from shared.settings import machine_zone
from shared.ui.widget_theme import theme

ABREAST = 6
"""How many languages stand beside one another."""


class HallSection(SettingsSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.name = TranslatedTextEdit(self.tr("Name of the hall"))
        self.boxes: dict[Language, QCheckBox] = {}
        self.languages = QGridLayout()
        self.languages.setHorizontalSpacing(theme().margin)
        self.own_language = QComboBox()
        self.own_language.setAccessibleName(self.tr("The hall's own language"))
        self.zone = QComboBox(editable=True)
        self.zone.addItems(sorted(zones()))
        self.zone_button = button(
            self.tr("{0}, as on this machine").format(machine_zone()), "flat", self._take_this_zone
        )
        self.zone.currentTextChanged.connect(self._offer_machine_zone)
        self.zone.setCompleter(self._type_ahead())
        self.zone.setAccessibleName(self.tr("Time zone"))
        self.day_starts = QTimeEdit()
        self.day_starts.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # right to left, Qt writes 04:00 as 00:04
        self.day_starts.setDisplayFormat("HH:mm")
        self.day_starts.setAccessibleName(self.tr("The business day begins at"))
        kept = self.tr("Names and phone numbers are kept after the visit, hours")
        self.keep_contacts = number_field(kept, LONGEST_KEPT, width=200, suffix=self.tr(" h"))
        self.accent = QLineEdit(maxLength=7, placeholderText=example(HallSettings.accent))
        self.accent.setFixedWidth(200)
        self.accent.setAccessibleName(self.tr("Colour of the kiosk"))
        self.web = check_box(self.tr("Customers may take a ticket with their phone"))
        self.hours = HoursEdit(self.tr("Opening hours"), "mon-fri 08:00-12:00\nmon-thu 13:00-17:00", lines=4)
        self.hours.setFixedWidth(400)
        self.holidays = QLineEdit(maxLength=9, placeholderText=example("DE-BE"))
        self.holidays.setFixedWidth(200)
        self.holidays.setAccessibleName(self.tr("Public holidays of"))
        self.last_ticket = check_box(self.tr("No more tickets once the people waiting will take until closing time"))
        self.offline_tickets = check_box(self.tr("Kiosks that can't reach the hall give tickets of their own series"))
        self.fingerprint = label("", "quiet", wrap=True)
        self.correct_day = button("", "primary", model.correct_day)
        self.own_language.setFixedWidth(200)
        aligned(self.day_starts, 200)
        self.zone.setFixedWidth(280)
        self.show_form(self._form(), self.fingerprint)
        model.changed.connect(self._offer_correction)

    def _type_ahead(self) -> QCompleter:
        ahead = QCompleter(self.zone.model(), self.zone)
        ahead.setFilterMode(Qt.MatchFlag.MatchContains)
        ahead.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        return ahead

    def _form(self) -> QVBoxLayout:
        return column(
            row(self.correct_day, None),
            label(self.tr("Name of the hall"), "large"),
            self.name,
            form_line(self.tr("Languages customers can choose"), row(self.languages, None)),
            self._details(),
            self._hours_part(),
            column(self.web, self.last_ticket, self.offline_tickets, gap=theme().gap),
            None,
            gap=theme().margin,
        )

    def _details(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme().margin)
        grid.setVerticalSpacing(theme().margin)
        grid.addLayout(form_line(self.tr("The hall's own language"), self.own_language), 0, 0)
        grid.addLayout(form_line(self.tr("Time zone"), row(self.zone, self.zone_button, None)), 0, 1, 1, 2)
        grid.addLayout(form_line(self.tr("The business day begins at"), self.day_starts), 1, 0)
        kept = self.tr("Names and phone numbers are kept after the visit")
        grid.addLayout(form_line(kept, self.keep_contacts), 1, 1)
        grid.addLayout(form_line(self.tr("Colour of the kiosk"), self.accent), 1, 2)
        grid.setColumnStretch(3, 1)
        return grid

    def _hours_part(self) -> QHBoxLayout:
        hours = self.tr("Opening hours, one span per line; none: always open")
        holidays = self.tr("Public holidays of (country, or country-region)")
        beside = column(form_line(holidays, self.holidays), None)
        return row(form_line(hours, self.hours), beside, None, gap=2 * theme().margin)

    def _take_this_zone(self) -> None:
        self.zone.setCurrentText(machine_zone())

    def _offer_correction(self) -> None:
        """Offer to correct the business day while one begun by a clock that was ahead is kept."""
        day = self.model.premature_day
        self.correct_day.setText(self.tr("Set the business day to today instead of {0}").format(day) if day else "")
        self.correct_day.setVisible(day is not None)

    def _offer_machine_zone(self, zone: str) -> None:
        """Offer this machine's time zone while the hall has UTC, as a server may have made it, or no points yet."""
        may_be_wrong = self.model.hall.settings.time_zone == "UTC" or not self.model.points
        self.zone_button.setVisible(may_be_wrong and machine_zone() not in ("UTC", zone))

    def begin(self, item_id: str = "") -> None:
        settings = self.model.hall.settings
        self.name.set_languages(settings.languages)
        self.name.show_words(settings.name)
        self._load_languages(settings.languages)
        self.zone.setCurrentText(settings.time_zone)
        self._offer_machine_zone(settings.time_zone)
        starts = settings.day_starts
        self.day_starts.setTime(QTime(starts.hour, starts.minute))
        self.keep_contacts.setValue(settings.keep_contacts)
        self.accent.setText(settings.accent)
        self.web.setChecked(settings.web)
        self.hours.show_lines(settings.hours)
        self.holidays.setText(settings.holidays)
        self.last_ticket.setChecked(settings.last_ticket)
        self.offline_tickets.setChecked(settings.offline_tickets)
        self._show_fingerprint()
        self._offer_correction()
        self.mark_as_loaded()

    def _show_fingerprint(self) -> None:
        """Show the authority's fingerprint, to be compared when a device is added, if the station pinned one."""
        fingerprint = self.model.station.fingerprint
        sentence = self.tr("Fingerprint of this hall's certificate: {0}. A new device must show the same.")
        isolated = f"\u2066{fingerprint}\u2069"  # its groups keep their order in Arabic
        self.fingerprint.setText(sentence.format(isolated) if fingerprint else "")
        self.fingerprint.setVisible(bool(fingerprint))

    def take_focus(self) -> None:
        if first := self.name.first_field():
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _load_languages(self, languages: tuple[Language, ...]) -> None:
        for box in self.boxes.values():
            box.hide()  # it goes a moment later
            box.deleteLater()
        self.boxes = {}
        for at, language in enumerate(dict.fromkeys([*languages, *catalogue.languages()])):
            box = self.boxes[language] = check_box(own_name(language))
            box.setChecked(language in languages)
            box.toggled.connect(self._on_languages_changed)
            self.languages.addWidget(box, at // ABREAST, at % ABREAST)
            box.show()  # at once, so that it can take the focus
        self._load_own_language(languages, languages[0])

    def _on_languages_changed(self) -> None:
        ticked = tuple(language for language, box in self.boxes.items() if box.isChecked())
        self._load_own_language(ticked, self.own_language.currentData())
        self.name.set_languages(ticked)

    def _load_own_language(self, languages: tuple[Language, ...], own_language: Language | None) -> None:
        self.own_language.clear()
        for language in languages:
            self.own_language.addItem(own_name(language), language)
        self.own_language.setCurrentIndex(max(0, self.own_language.findData(own_language)))

    def with_form_values(self, settings: HallSettings) -> HallSettings:
        ticked = [language for language, box in self.boxes.items() if box.isChecked()]
        own_language = self.own_language.currentData()
        return replace(
            settings,
            name=trimmed(self.name.words()),
            languages=tuple(sorted(ticked, key=lambda language: language != own_language)),
            time_zone=self.zone.currentText().strip(),
            day_starts=time(self.day_starts.time().hour(), self.day_starts.time().minute()),
            keep_contacts=self.keep_contacts.value(),
            accent=self.accent.text().strip(),
            web=self.web.isChecked(),
            hours=self.hours.lines(),
            holidays=self.holidays.text().strip().upper(),
            last_ticket=self.last_ticket.isChecked(),
            offline_tickets=self.offline_tickets.isChecked(),
        )
