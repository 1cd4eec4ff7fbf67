"""The hall displays: what each shows and says, for whom, how large its screen is, and a live preview of it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console import sentences
from console.controls import check_box, column, frame, label, row
from console.set_up.draft_preview import DraftPreview
from console.set_up.media_model import MediaModel
from console.set_up.ordered_choice import OrderedChoice
from console.set_up.playlist_edit import PlaylistEdit
from console.set_up.section import DefinitionSection, ListSection, form_line, number_field, scrolled
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.tick_list import TickList
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.display_values import Display, DisplayLayout
from shared.hall.displays import LAYOUTS_WITH_MEDIA
from shared.hall.field_limits import FARTHEST_SEAT, LARGEST_SCREEN
from shared.hall.units import Milliseconds
from shared.languages import own_name
from shared.ui.widget_theme import theme

DRAW_AFTER: Milliseconds = 80
"""How long after the last change of a field the preview is drawn: somebody who types is not held up."""

NARROWEST, BESIDE_FORM = 300, (3, 7)
"""Pixels of the list and the preview at least, and their share of the width beside that of the form."""


class DisplaysSection(DefinitionSection, ListSection):
    def __init__(self, model: SetUpModel, media: MediaModel) -> None:
        super().__init__(model)
        self.media = media
        self.list.setAccessibleName(self.tr("Hall displays"))
        self.none_yet = label(
            self.tr("No display is set up: each shows all calls of the hall. Save one to change that."),
            "quiet",
            wrap=True,
        )
        self.preview = DraftPreview()
        self._draw_later = QTimer(self, singleShot=True, interval=DRAW_AFTER)
        self._draw_later.timeout.connect(self.draw)
        self._fields()
        self._filters()
        self.ticker = TranslatedTextEdit(self.tr("Line of text below the calls"), columns=2)
        self.playlist = PlaylistEdit()
        self.plays = label(self.tr("What plays beside the calls"), "large")
        for edited in (self.languages.changed, self.playlist.changed):
            edited.connect(self._on_edited)
        self.layout_choice.currentIndexChanged.connect(self._on_layout_changed)
        media.changed.connect(self._on_media_changed)
        self.setLayout(self._page())

    def _fields(self) -> None:
        self.name = TranslatedTextEdit(self.tr("Name"), columns=2)
        self.layout_choice = QComboBox()
        self.layout_choice.setAccessibleName(self.tr("Layout"))
        for layout in DisplayLayout:
            self.layout_choice.addItem(self._layout_text(layout), layout)
        self.dark = check_box(self.tr("Dark"))
        self.clock = check_box(self.tr("Shows the time"))
        self.speaks = check_box(self.tr("Chimes and says the calls"))
        least, most = FARTHEST_SEAT
        self.farthest_seat = number_field(self.tr("Farthest seat"), most, minimum=least, suffix=self.tr(" m"))
        least, most = LARGEST_SCREEN
        self.inches = number_field(self.tr("Diagonal of the screen"), most, minimum=least, suffix=self.tr(" in"))
        self.languages = OrderedChoice(self.tr("Languages, in order"), self.tr("(no language chosen)"))

    def _filters(self) -> None:
        self.services = TickList(self.tr("Only these services"))
        self.points = TickList(self.tr("Only these service points"))
        self.precedences = TickList(self.tr("Only these precedences"))
        self.nothing_to_tick = {
            self.services: label(self.tr("There are no services yet."), "quiet", wrap=True),
            self.points: label(self.tr("There are no service points yet."), "quiet", wrap=True),
            self.precedences: label(self.tr("There are no precedences yet."), "quiet", wrap=True),
        }

    def _page(self) -> QHBoxLayout:
        left = column(
            frame("card", column(self.none_yet, self.list, margin=theme().gap)),
            frame("card", column(self.preview, margin=theme().gap)),
            gap=theme().margin,
        )
        left.setStretch(0, 1)
        self._left = left
        beside = QWidget()
        beside.setMinimumWidth(NARROWEST)
        left.setContentsMargins(0, 0, 0, 0)
        beside.setLayout(left)
        form = column(scrolled(self._form()), self.sentence, self.buttons(), margin=theme().margin, gap=theme().gap)
        both = row(beside, frame("card", form), margin=theme().margin, gap=theme().margin)
        for at, share in enumerate(BESIDE_FORM):
            both.setStretch(at, share)
        return both

    def _form(self) -> QVBoxLayout:
        return column(
            label(self.tr("Name"), "large"),
            self.name,
            self._details(),
            row(self.dark, self.clock, self.speaks, None, gap=theme().margin),
            label(self.tr("Which calls it is for"), "large"),
            label(self.tr("Without a tick it is for all of them."), "quiet"),
            self._filters_part(),
            label(self.tr("Line of text below the calls"), "large"),
            self.ticker,
            self.plays,
            self.playlist,
            None,
            gap=theme().gap + theme().gap // 2,
        )

    def _details(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().margin)
        grid.setVerticalSpacing(theme().gap)
        grid.addLayout(form_line(self.tr("Layout"), self.layout_choice), 0, 0, 1, 2)
        grid.addLayout(form_line(self.tr("Farthest seat"), self.farthest_seat), 1, 0)
        grid.addLayout(form_line(self.tr("Diagonal of the screen"), self.inches), 1, 1)
        grid.addLayout(form_line(self.tr("Languages, in order; none: the hall's own"), self.languages), 2, 0, 1, 2)
        grid.setColumnStretch(2, 1)
        return grid

    def _filters_part(self) -> QHBoxLayout:
        parts = row(
            self._filter_part(self.tr("Services"), self.services),
            self._filter_part(self.tr("Service points"), self.points),
            self._filter_part(self.tr("Precedences"), self.precedences),
        )
        for at in range(3):
            parts.setStretch(at, 1)
        return parts

    def _filter_part(self, name: str, ticks: TickList) -> QVBoxLayout:
        return column(label(name, "caption"), ticks, self.nothing_to_tick[ticks], None, gap=2)

    def _layout_text(self, layout: DisplayLayout) -> str:
        match layout:
            case DisplayLayout.CALLS:
                return self.tr("Calls alone")
            case DisplayLayout.CALLS_AND_MEDIA:
                return self.tr("Calls, and pictures or texts beside them")
            case DisplayLayout.CALLS_AND_NEXT:
                return self.tr("Calls, and the next numbers")
            case DisplayLayout.CALLS_AND_WAITING:
                return self.tr("Calls, and everybody who waits")
            case DisplayLayout.PORTRAIT:
                return self.tr("Upright screen")

    # ── the list ──

    def items(self) -> list[tuple[str, str]]:
        return [(display.id, self._line(display)) for display in self.model.displays]

    def _line(self, display: Display) -> str:
        return f"{sentences.localized(self.model.hall, display.name)}\n{self._layout_text(display.layout)}"

    def _fill_list(self) -> None:
        super()._fill_list()
        self.none_yet.setVisible(not self.list.count())

    # ── the form ──

    def begin(self, item_id: str = "") -> None:
        self.media.load()
        super().begin(item_id)

    def fill_form(self, item_id: str) -> None:
        hall = self.model.hall
        display = hall.displays.get(item_id) or Display(id="", name="")
        for edit, words in ((self.name, display.name), (self.ticker, display.ticker)):
            edit.set_languages(hall.settings.languages)
            edit.show_words(words)
        self.layout_choice.setCurrentIndex(self.layout_choice.findData(display.layout))
        self.dark.setChecked(display.dark)
        self.clock.setChecked(display.clock)
        self.speaks.setChecked(display.speaks)
        self.farthest_seat.setValue(display.farthest_seat)
        self.inches.setValue(display.inches)
        self.languages.show_chosen(
            display.languages, {language: own_name(language) for language in hall.settings.languages}
        )
        self._fill_filters(display)
        self.playlist.show_pages(item_id, display.playlist, hall.settings.languages)
        self._on_layout_changed()
        if not item_id and (first := self.name.first_field()):
            first.setFocus()
        self._draw_later.start()

    def _fill_filters(self, display: Display) -> None:
        hall = self.model.hall
        services = {one.id: sentences.service_line(hall, one.id) for one in self.model.services}
        points = {one.id: sentences.point_name(hall, one) for one in self.model.points}
        precedences = {one.id: sentences.localized(hall, one.name) for one in self.model.precedences}
        self.services.show_ticked(display.services, services)
        self.points.show_ticked(display.points, points)
        self.precedences.show_ticked(display.precedences, precedences)
        for ticks, hint in self.nothing_to_tick.items():
            ticks.setVisible(bool(ticks.count()))
            hint.setVisible(not ticks.count())

    def _on_layout_changed(self) -> None:
        for part in (self.plays, self.playlist):
            part.setVisible(self.layout_choice.currentData() in LAYOUTS_WITH_MEDIA)

    def _on_media_changed(self) -> None:
        if self.media.is_read:
            self.playlist.show_media(self.media.pages)

    def draft(self) -> Display:
        return Display(
            id=self.item_id,
            name=trimmed(self.name.words()),
            layout=DisplayLayout(self.layout_choice.currentData()),  # Qt kept its text alone
            services=self.services.ticked(),
            points=self.points.ticked(),
            precedences=self.precedences.ticked(),
            languages=self.languages.chosen(),
            farthest_seat=self.farthest_seat.value(),
            inches=self.inches.value(),
            dark=self.dark.isChecked(),
            ticker=trimmed(self.ticker.words()) or "",
            clock=self.clock.isChecked(),
            speaks=self.speaks.isChecked(),
            playlist=self.playlist.items(),
        )

    # ── the preview ──

    def _on_edited(self, *changed: object) -> None:
        super()._on_edited(*changed)
        self._draw_later.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self._draw_later.start()

    def draw(self) -> None:
        if self.isVisible():
            self.preview.show_draft(self.model.hall, self.draft())
            self._left.setStretch(1, 2 if self.preview.is_here else 0)

    def save(self) -> None:
        """Not if it can't be read from its farthest seat: the preview says why, and what would fit."""
        if illegible := self.preview.show_draft(self.model.hall, self.draft()):
            self.model.say(illegible, refusal=True)
        else:
            super().save()

    def retire(self) -> None:
        self.model.retire(self.model.hall.display(self.item_id))
