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
from console.set_up.section import SettingsSection, form_line, number_field, roomy
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared import catalogue
from shared.hall.field_types import Language
from shared.hall.set_up import LONGEST_KEPT
from shared.hall.time_zones import zones
from shared.hall.values import HallSettings
from shared.languages import own_name
from shared.settings import machine_zone
from shared.ui.widget_theme import theme

ABREAST = 6
"""Languages beside one another."""


class HallSection(SettingsSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.name = TranslatedTextEdit(self.tr("Name of the hall"))
        self.boxes: dict[Language, QCheckBox] = {}
        self.languages = QGridLayout()
        self.languages.setHorizontalSpacing(theme().margin)
        self.own = QComboBox()
        self.own.setAccessibleName(self.tr("The hall's own language"))
        self.zone = QComboBox(editable=True)
        self.zone.addItems(sorted(zones()))
        self.here = button(self.tr("{0}, as on this machine").format(machine_zone()), "flat", self._take_this_zone)
        self.zone.currentTextChanged.connect(self._look_where)
        self.zone.setCompleter(self._type_ahead())
        self.zone.setAccessibleName(self.tr("Time zone"))
        self.day_starts = QTimeEdit()
        self.day_starts.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # else Qt writes 04:00 as 00:04
        self.day_starts.setDisplayFormat("HH:mm")
        self.day_starts.setAccessibleName(self.tr("The business day begins at"))
        kept = self.tr("Names and telephones are kept after the visit, hours")
        self.keep_contacts = number_field(kept, LONGEST_KEPT, width=200, unit=self.tr(" h"))
        self.accent = QLineEdit(maxLength=7, placeholderText=example(HallSettings.accent))
        self.accent.setFixedWidth(200)
        self.accent.setAccessibleName(self.tr("Colour of the kiosk"))
        self.web = check_box(self.tr("Customers may take a ticket with their phone"))
        self.hours = HoursEdit(self.tr("Opening hours"), "mon-fri 08:00-12:00\nmon-thu 13:00-17:00", lines=4)
        self.hours.setFixedWidth(400)
        self.holidays = QLineEdit(maxLength=9, placeholderText=example("DE-BE"))
        self.holidays.setFixedWidth(200)
        self.holidays.setAccessibleName(self.tr("Public holidays of"))
        self.last_ticket = check_box(self.tr("No more tickets once those who wait will take until closing time"))
        self.offline_tickets = check_box(self.tr("Kiosks that can't reach the hall give tickets of their own series"))
        self.fingerprint = label("", "quiet", wrap=True)
        self.correct_day = button("", "primary", model.correct_day)
        self.own.setFixedWidth(200)
        roomy(self.day_starts, 200)
        self.zone.setFixedWidth(280)
        self.show_form(self._form(), self.fingerprint)
        model.changed.connect(self._look_at_day)

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
            self._small(),
            self._opening(),
            column(self.web, self.last_ticket, self.offline_tickets, gap=theme().gap),
            None,
            gap=theme().margin,
        )

    def _small(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme().margin)
        grid.setVerticalSpacing(theme().margin)
        grid.addLayout(form_line(self.tr("The hall's own language"), self.own), 0, 0)
        grid.addLayout(form_line(self.tr("Time zone"), row(self.zone, self.here, None)), 0, 1, 1, 2)
        grid.addLayout(form_line(self.tr("The business day begins at"), self.day_starts), 1, 0)
        kept = self.tr("Names and telephones are kept after the visit")
        grid.addLayout(form_line(kept, self.keep_contacts), 1, 1)
        grid.addLayout(form_line(self.tr("Colour of the kiosk"), self.accent), 1, 2)
        grid.setColumnStretch(3, 1)
        return grid

    def _opening(self) -> QHBoxLayout:
        hours = self.tr("Opening hours, one line for each; none: always open")
        holidays = self.tr("Public holidays of (country, or country-part)")
        beside = column(form_line(holidays, self.holidays), None)
        return row(form_line(hours, self.hours), beside, None, gap=2 * theme().margin)

    def _take_this_zone(self) -> None:
        self.zone.setCurrentText(machine_zone())

    def _look_at_day(self) -> None:
        """Offered only while a clock that was ahead keeps the hall in a day to come."""
        day = self.model.day_ahead
        self.correct_day.setText(self.tr("Keep today's business day instead of {0}").format(day) if day else "")
        self.correct_day.setVisible(day is not None)

    def _look_where(self, zone: str) -> None:
        """A hall may have been made on a machine that does not know where it is, as many a server or container."""
        nowhere = self.model.hall.settings.time_zone == "UTC" or not self.model.points
        self.here.setVisible(nowhere and machine_zone() not in ("UTC", zone))

    def begin(self, identity: str = "") -> None:
        settings = self.model.hall.settings
        self.name.speak(settings.languages)
        self.name.show_words(settings.name)
        self._load_languages(settings.languages)
        self.zone.setCurrentText(settings.time_zone)
        self._look_where(settings.time_zone)
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
        self._look_at_day()
        self.loaded()

    def _show_fingerprint(self) -> None:
        """What an administrator compares when a device is added; there is none where nothing needs comparing."""
        fingerprint = self.model.station.fingerprint
        said = self.tr("Mark of this hall's certificate: {0}. A new device must show the same.")
        apart = f"\u2066{fingerprint}\u2069"  # its groups keep their order in Arabic
        self.fingerprint.setText(said.format(apart) if fingerprint else "")
        self.fingerprint.setVisible(bool(fingerprint))

    def take_focus(self) -> None:
        first = self.name.first()
        if first:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _load_languages(self, spoken: tuple[Language, ...]) -> None:
        for box in self.boxes.values():
            box.deleteLater()
        self.boxes = {}
        for at, language in enumerate(dict.fromkeys([*spoken, *catalogue.languages()])):
            box = self.boxes[language] = check_box(own_name(language))
            box.setChecked(language in spoken)
            box.toggled.connect(self._languages_changed)
            self.languages.addWidget(box, at // ABREAST, at % ABREAST)
        self._load_own(spoken, spoken[0])

    def _languages_changed(self) -> None:
        ticked = tuple(language for language, box in self.boxes.items() if box.isChecked())
        self._load_own(ticked, self.own.currentData())
        self.name.speak(ticked)

    def _load_own(self, spoken: tuple[Language, ...], own: Language | None) -> None:
        self.own.clear()
        for language in spoken:
            self.own.addItem(own_name(language), language)
        self.own.setCurrentIndex(max(0, self.own.findData(own)))

    def filled(self, settings: HallSettings) -> HallSettings:
        ticked = [language for language, box in self.boxes.items() if box.isChecked()]
        own = self.own.currentData()
        return replace(
            settings,
            name=trimmed(self.name.words()),
            languages=tuple(sorted(ticked, key=lambda language: language != own)),
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
