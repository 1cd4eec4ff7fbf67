"""The pictures and videos that hall displays play: adding and removing them, and the room they take."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHeaderView, QProgressBar, QVBoxLayout, QWidget

from console import keys, sentences
from console.controls import ConfirmButton, KeyButton, SentenceLine, button, column, frame, label, row
from console.eliding import ElidingLabel
from console.keyboard_place import enable, reveal
from console.set_up import media_sentences
from console.set_up.media_model import SUFFIXES, MediaModel
from console.set_up.set_up_model import SetUpModel
from console.table import ChoosingTable, Column, TableRows
from shared.requests.media import LARGEST_HALL, Medium
from shared.ui.widget_theme import theme


class MediaSection(QWidget):
    """A change applies at once: there is nothing to save. Files may be dropped on it."""

    def __init__(self, model: MediaModel, set_up: SetUpModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.setAcceptDrops(True)
        self.model, self.set_up = model, set_up
        self.add_button = KeyButton(self.tr("Add files …"), keys.NEW, self.ask_which, "primary")
        self.rows = TableRows(self._columns(), lambda medium: medium.content)
        self.table = ChoosingTable(self.rows, self.tr("Pictures and videos of this hall"))
        self.table.verticalHeader().setDefaultSectionSize(theme().smallestTouch)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for at in (0, 3):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        self.table.chosen_changed.connect(self._on_chosen)
        self.remove_button = ConfirmButton(self.tr("Remove …"), self.tr("Remove for good? Press again"), self.remove)
        self.nothing = label(self.tr("No picture or video yet: add some, or drop them here."), "quiet", wrap=True)
        self.sending = ElidingLabel("")
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("How much of the file has arrived"))
        self.cancel_button = button(self.tr("Stop"), "", model.cancel)
        self.taken = label("", "quiet")
        self.sentence = SentenceLine()
        self.setLayout(column(frame("card", self._inside()), margin=theme().margin))
        for changed in (model.changed, model.sentence_changed, set_up.changed):
            changed.connect(self.refresh)
        self.refresh()

    def _inside(self) -> QVBoxLayout:
        about = self.tr("They play beside the calls, on displays that have them in their list of pages.")
        self.sending_part = QWidget()
        sending = row(self.sending, self.progress, self.cancel_button)
        sending.setStretch(0, 1)
        self.sending_part.setLayout(sending)
        return column(
            label(self.tr("Pictures and videos"), "large"),
            label(about, "quiet", wrap=True),
            self.nothing,
            _growing(self.table),
            self.sending_part,
            self.sentence,
            row(self.add_button, self.taken, None, self.remove_button),
            margin=theme().margin,
        )

    def _columns(self) -> list[Column[Medium]]:
        return [
            Column(title=self.tr("Name"), text=lambda one: one.name),
            Column(title=self.tr("Kind"), text=lambda one: media_sentences.medium_kind(one.kind)),
            Column(title=self.tr("Size"), text=lambda one: media_sentences.size(one.size), font_size=theme().text),
            Column(title=self.tr("Used by"), text=self._users),
        ]

    def _users(self, medium: Medium) -> str:
        return " · ".join(media_sentences.users(self.set_up.hall, medium.content))

    # ── what is done ──

    def begin(self) -> None:
        self.model.say("")
        self.model.load()
        self.take_focus()

    def forget(self) -> None:
        """Before the next person signs in: an upload goes on only for whoever began it."""
        self.model.uploads.cancel()
        self.model.say("")

    def take_focus(self) -> None:
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_which(self) -> None:
        dialog = QFileDialog(self, self.tr("Add pictures and videos"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        known = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters([self.tr("Pictures and videos ({0})").format(known), self.tr("All files (*)")])
        dialog.filesSelected.connect(self.upload)
        dialog.open()

    def upload(self, names: Iterable[str]) -> None:
        self.model.upload([Path(name) for name in names])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        self.upload(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())

    def remove(self) -> None:
        if chosen := self.model.media.get(self.table.chosen):
            self.model.remove(chosen)

    # ── what is shown ──

    def _on_chosen(self) -> None:
        self.remove_button.reset()
        self._update_buttons()

    def refresh(self) -> None:
        media = list(self.model.pages.values())
        self.table.keep_chosen(lambda: self.rows.show(media))
        self.table.setVisible(bool(media))
        self.nothing.setVisible(self.model.is_read and not media)
        used, most = (media_sentences.size(size) for size in (self.model.room_taken, LARGEST_HALL))
        self.taken.setText(self.tr("{0} of {1} taken").format(used, most))
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)
        self._show_upload()
        self._update_buttons()

    def _show_upload(self) -> None:
        sent = self.model.uploads.current
        reveal(self.sending_part, on=sent is not None)
        if sent:
            others = self.tr("%n more", "", self.model.uploads.left) if self.model.uploads.left else ""
            self.sending.setText("   ".join(filter(None, (sentences.in_sentence(sent.file.name), others))))
            self.progress.setValue(self.model.uploads.percent)

    def _update_buttons(self) -> None:
        enable(self.remove_button, on=self.model.can_save and bool(self.table.chosen))
        enable(self.add_button, on=self.model.station.away_since is None)


def _growing(table: QWidget) -> QVBoxLayout:
    """The table, in all the room that is left, also while it is hidden."""
    layout = column(table, None)
    layout.setStretch(0, 1_000)
    return layout
