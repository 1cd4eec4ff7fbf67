"""The services customers come for."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit

from console import sentences
from console.controls import column, label, row
from console.section import ListSection, beside, form_line, number_field
from console.set_up_model import SetUpModel, trimmed
from console.words_edit import WordsEdit
from shared.hall.hall import Service
from shared.ui.theme import theme


class ServicesSection(ListSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("Services"))
        self.name = WordsEdit(self.tr("Name"))
        self.description = WordsEdit(self.tr("One line about it"), abreast=2)
        self.prefix = QLineEdit(maxLength=3)
        self.prefix.setFixedWidth(90)
        self.prefix.setAccessibleName(self.tr("Letter of its tickets"))
        self.place = number_field(self.tr("Place in the kiosk's menu"), 999, width=90)
        self.on = QCheckBox(self.tr("Offered to customers"))
        self.offers = QHBoxLayout()
        self.boxes: dict[str, QCheckBox] = {}
        self.usual = QComboBox()
        self.usual.setMinimumWidth(180)
        self.usual.setAccessibleName(self.tr("Usual precedence"))
        self.setLayout(
            beside(
                column(
                    label(self.tr("Name"), "large"),
                    self.name,
                    label(self.tr("One line about it"), "large"),
                    self.description,
                    self._small(),
                    form_line(self.tr("Precedences it offers"), row(self.offers, None, gap=theme().margin)),
                    form_line(self.tr("Usual precedence"), row(self.usual, None)),
                    self.sentence,
                    self.keys(),
                    None,
                    margin=theme().margin,
                    gap=theme().gap + theme().gap // 2,
                ),
                self.list,
            )
        )

    def _small(self) -> QHBoxLayout:
        return row(
            form_line(self.tr("Letter of its tickets"), self.prefix),
            form_line(self.tr("Place in the kiosk's menu"), self.place),
            form_line("", self.on),
            None,
            gap=theme().margin,
        )

    def identities(self) -> list[tuple[str, str]]:
        return [(service.id, self._line(service)) for service in self.model.services]

    def _line(self, service: Service) -> str:
        line = f"{service.prefix}   {sentences.said(self.model.hall, service.name)}"
        return line if service.on else line + " " + self.tr("(off)")

    def load(self, identity: str) -> None:
        service = self.model.hall.services.get(identity) or self._blank()
        for edit, words in ((self.name, service.name), (self.description, service.description)):
            edit.speak(self.model.hall.settings.languages)
            edit.show_words(words)
        self.prefix.setText(service.prefix)
        self.place.setValue(service.place)
        self.on.setChecked(service.on)
        self._load_offers(service)
        first = self.name.first()
        if first and not identity:
            first.setFocus()

    def _blank(self) -> Service:
        last = max((service.place for service in self.model.services), default=-1)
        return Service(id="", name="", prefix=self.model.next_prefix, place=last + 1)

    def _load_offers(self, service: Service) -> None:
        offered = self.model.hall.offered(service)
        for box in self.boxes.values():
            box.deleteLater()
        self.usual.clear()
        self.boxes = {}
        for precedence in self.model.precedences:
            name = sentences.said(self.model.hall, precedence.name)
            box = self.boxes[precedence.id] = QCheckBox(name)
            box.setChecked(precedence.id in offered)
            self.offers.addWidget(box)
            self.usual.addItem(name, precedence.id)
        self.usual.setCurrentIndex(self.usual.findData(offered[0]) if offered else -1)

    def draft(self) -> Service:
        return Service(
            id=self.identity,
            name=trimmed(self.name.words()),
            prefix=self.prefix.text().strip().upper(),
            description=trimmed(self.description.words()) or "",
            precedences=self._as_the_hall(self._ticked()),
            place=self.place.value(),
            on=self.on.isChecked(),
        )

    def written(self) -> Service:
        """What is ticked and no more: a precedence the hall gets meanwhile is nothing anybody wrote here."""
        return replace(self.draft(), precedences=self._ticked())

    def _ticked(self) -> tuple[str, ...]:
        """The precedences it offers, the usual one first."""
        usual = str(self.usual.currentData() or "")
        ticked = [precedence for precedence, box in self.boxes.items() if box.isChecked() and precedence != usual]
        return (usual, *ticked) if usual else tuple(ticked)

    def _as_the_hall(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """None named when it is simply all of the hall's, so that later ones are offered too."""
        return () if offered == tuple(self.model.hall.precedences) else offered

    def retire(self) -> None:
        self.model.retire(self.model.hall.service(self.identity))
