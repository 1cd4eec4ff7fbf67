"""The pages that play beside the calls of a hall display, in their order: pictures, videos, texts, web pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console import sentences
from console.controls import button, column, label, row
from console.eliding import ElidingList
from console.keyboard_place import enable
from console.set_up import media_sentences
from console.set_up.page_text_edit import PageTextEdit
from console.set_up.section import begin_in, form_line, number_field
from shared.hall.display_values import PlaylistItem, PlaylistKind
from shared.hall.field_limits import LONGEST_PAGE, MOST_PAGES, WEB_ADDRESS
from shared.hall.field_types import Hash, Language, Words, in_language
from shared.requests.media import Medium, MediumKind
from shared.ui.widget_theme import theme

KINDS = {MediumKind.PICTURE: PlaylistKind.PICTURE, MediumKind.VIDEO: PlaylistKind.VIDEO}
LINES = 5
"""Pages in sight; the arrows bring the others."""


class PlaylistEdit(QWidget):
    """A list of the pages, and below it the one that is chosen there."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[PlaylistItem] = []
        self._owner = ""
        self._media: Mapping[Hash, Medium] = {}
        self._is_read = False
        """Whether it is known which files the hall has."""
        self._languages: tuple[Language, ...] = ()
        self._filling = False
        self.list = ElidingList(self.tr("Pages, in the order they play"))
        self.list.setProperty("is", "ticks")
        self.list.currentRowChanged.connect(self._show_page)
        self.add_file = button(self.tr("Add a picture or video"), "", self._add_file)
        self.add_text = button(self.tr("Add a text"), "", self._add_text)
        self.add_web = button(self.tr("Add a web page"), "", self._add_web)
        self.up = button(self.tr("Earlier"), "", lambda: self._move(-1))
        self.down = button(self.tr("Later"), "", lambda: self._move(1))
        self.remove = button(self.tr("Remove the page"), "", self._remove)
        self._fields()
        self.setLayout(
            column(
                self.list,
                row(self.add_file, self.add_text, self.add_web, None),
                row(self.up, self.down, self.remove, None),
                self.page,
            )
        )

    def _fields(self) -> None:
        self.file = QComboBox()
        self.file.setAccessibleName(self.tr("Picture or video"))
        self.file.setMinimumWidth(180)
        self.file.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.text = PageTextEdit(self.tr("Text of the page"))
        self.url = QLineEdit(maxLength=WEB_ADDRESS.longest)
        self.url.setPlaceholderText(sentences.example("https://example.org/page"))
        self.url.setAccessibleName(self.tr("Address of the web page"))
        self.url.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        least, most = LONGEST_PAGE
        self.seconds = number_field(self.tr("Shown for"), most, minimum=least, suffix=self.tr(" s"))
        self.to_its_end = label(self.tr("A video plays to its end."), "quiet")
        self.no_files = label(
            self.tr("There is no picture or video in this hall yet: add them under Media."), "quiet", wrap=True
        )
        self.hint = label(self.tr("The first line is the heading."), "quiet")
        self.file_part = _part(row(form_line(self.tr("Picture or video"), self.file), gap=theme().gap))
        self.text_part = _part(column(label(self.tr("Text of the page"), "caption"), self.text, self.hint, gap=2))
        self.url_part = _part(form_line(self.tr("Address of the web page"), self.url))
        self.seconds_part = _part(form_line(self.tr("Shown for"), row(self.seconds, None)))
        self.page = _part(
            column(self.file_part, self.no_files, self.text_part, self.url_part, self.seconds_part, self.to_its_end)
        )
        for edited in (
            self.file.currentIndexChanged,
            self.text.changed,
            self.url.textChanged,
            self.seconds.valueChanged,
        ):
            edited.connect(self._on_edited)

    # ── the whole list ──

    def show_pages(self, owner: str, pages: tuple[PlaylistItem, ...], languages: tuple[Language, ...]) -> None:
        """Show the pages of ``owner``, the first one chosen; the place in those that are shown already stays."""
        stays = owner == self._owner or list(pages) == self.pages
        self._owner, self.pages, self._languages = owner, list(pages), languages
        self.text.set_languages(languages)
        self._fill_list(self.list.currentRow() if stays else 0)

    def show_media(self, media: Mapping[Hash, Medium]) -> None:
        """Offer these files; a page that shows another one keeps it."""
        if media != self._media or not self._is_read:
            self._media, self._is_read = media, True
            self._fill_list(self.list.currentRow())

    def items(self) -> tuple[PlaylistItem, ...]:
        return tuple(self.pages)

    def _fill_list(self, chosen: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for page in self.pages:
            self.list.add(self._line(page), Qt.ItemDataRole.UserRole, None)
        self.list.setCurrentRow(min(max(chosen, 0), len(self.pages) - 1))
        self.list.blockSignals(False)
        self.list.setVisible(bool(self.pages))
        self.list.setFixedHeight(
            min(LINES, max(1, len(self.pages))) * max(1, self.list.sizeHintForRow(0)) + 2 * self.list.frameWidth()
        )
        self._show_page()

    def _line(self, page: PlaylistItem) -> str:
        parts = [media_sentences.page_kind(page.kind), self._named(page)]
        if page.kind is not PlaylistKind.VIDEO:
            parts.append(f"{page.seconds}{self.tr(' s')}")
        return "   ".join(filter(None, parts))

    def _named(self, page: PlaylistItem) -> str:
        match page.kind:
            case PlaylistKind.PICTURE | PlaylistKind.VIDEO:
                if page.content and (medium := self._media.get(page.content)):
                    return medium.name
                return self.tr("{0} (not in this hall)").format(page.name or "?") if self._is_read else page.name
            case PlaylistKind.TEXT:
                language = next(iter(self._languages), "")
                return in_language(page.text, language, self._languages).strip().partition("\n")[0]
            case PlaylistKind.WEB:
                return page.url

    # ── the chosen page ──

    def _show_page(self, *_: object) -> None:
        page = self._chosen()
        self.page.setVisible(page is not None)
        for part in (self.up, self.down, self.remove):
            part.setVisible(page is not None)
        enable(self.up, on=self.list.currentRow() > 0)
        enable(self.down, on=0 <= self.list.currentRow() < len(self.pages) - 1)
        for part in (self.add_file, self.add_text, self.add_web):
            enable(part, on=len(self.pages) < MOST_PAGES)
        if page is None:
            return
        of_file = page.kind in KINDS.values()
        self._filling = True
        self._offer_files(page)
        self.text.show_words(page.text)
        self.url.setText(page.url)
        self.seconds.setValue(page.seconds)
        self._filling = False
        self.file_part.setVisible(of_file)
        self.no_files.setVisible(of_file and not any(one.kind in KINDS for one in self._media.values()))
        self.text_part.setVisible(page.kind is PlaylistKind.TEXT)
        self.url_part.setVisible(page.kind is PlaylistKind.WEB)
        self.seconds_part.setVisible(page.kind is not PlaylistKind.VIDEO)
        self.to_its_end.setVisible(page.kind is PlaylistKind.VIDEO)

    def _offer_files(self, page: PlaylistItem) -> None:
        self.file.clear()
        if not page.content:
            self.file.addItem(self.tr("(choose)"), None)
        elif page.content not in self._media:
            self.file.addItem(self._named(page), page.content)
        for medium in self._media.values():
            if medium.kind in KINDS:
                self.file.addItem(medium.name, medium.content)
        self.file.setCurrentIndex(max(0, self.file.findData(page.content)))
        self.file.setToolTip(self.file.currentText())

    def _chosen(self) -> PlaylistItem | None:
        at = self.list.currentRow()
        return self.pages[at] if 0 <= at < len(self.pages) else None

    def _on_edited(self, *_: object) -> None:
        page = self._chosen()
        if page is None or self._filling:
            return
        at = self.list.currentRow()
        self.pages[at] = self._edited(page)
        line = self._line(self.pages[at])
        self.list.item(at).setText(line)
        self.list.item(at).setToolTip(line)
        if page.kind is not self.pages[at].kind:
            self._show_page()
        self.changed.emit()

    def _edited(self, page: PlaylistItem) -> PlaylistItem:
        edited = replace(page, seconds=self.seconds.value())
        match page.kind:
            case PlaylistKind.PICTURE | PlaylistKind.VIDEO:
                medium = self._media.get(self.file.currentData() or "")
                if medium is None:
                    return edited
                return replace(edited, kind=KINDS[medium.kind], content=medium.content, name=medium.name)
            case PlaylistKind.TEXT:
                return replace(edited, text=_without_empty(self.text.words()))
            case PlaylistKind.WEB:
                return replace(edited, url=self.url.text().strip())

    # ── buttons ──

    def _add_file(self) -> None:
        medium = next((one for one in self._media.values() if one.kind in KINDS), None)
        if medium is None:
            self._add(PlaylistItem(kind=PlaylistKind.PICTURE), self.file)
        else:
            self._add(PlaylistItem(kind=KINDS[medium.kind], content=medium.content, name=medium.name), self.file)

    def _add_text(self) -> None:
        self._add(PlaylistItem(kind=PlaylistKind.TEXT), next(iter(self.text.fields.values()), self.list))

    def _add_web(self) -> None:
        self._add(PlaylistItem(kind=PlaylistKind.WEB), self.url)

    def _add(self, page: PlaylistItem, first: QWidget) -> None:
        self.pages.append(page)
        self._fill_list(len(self.pages) - 1)
        begin_in(first)
        self.changed.emit()

    def _move(self, step: int) -> None:
        at = self.list.currentRow()
        self.pages.insert(at + step, self.pages.pop(at))
        self._fill_list(at + step)
        self.changed.emit()

    def _remove(self) -> None:
        at = self.list.currentRow()
        del self.pages[at]
        self._fill_list(min(at, len(self.pages) - 1))
        (self.list if self.pages else self.add_file).setFocus()
        self.changed.emit()


def _without_empty(words: dict[Language, str]) -> Words:
    return {language: text.strip() for language, text in words.items() if text.strip()} or ""


def _part(inside: Any) -> QWidget:
    """A part of the form that is shown and hidden as a whole."""
    part = QWidget()
    part.setProperty("is", "form")
    inside.setContentsMargins(0, 0, 0, 0)
    part.setLayout(inside)
    return part
