"""The hall's own recordings in each of its languages: what is said, whether it is recorded, and what is missing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHeaderView, QVBoxLayout, QWidget

from console import keys
from console.controls import ConfirmButton, KeyButton, SentenceLine, button, check_box, column, frame, label, row
from console.keyboard_place import enable, reveal
from console.set_up.clips_model import ClipsModel
from console.set_up.microphone import ClipPlayer, Microphone, can_sound
from console.table import ChoosingTable, Column, TableRows
from shared.languages import own_name
from shared.ui.widget_theme import theme
from shared.voice.voice import Word


class VoiceSection(QWidget):
    """A change applies at once: there is nothing to save."""

    def __init__(self, model: ClipsModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.language = QComboBox()
        self.language.setAccessibleName(self.tr("Language"))
        self.language.setMinimumWidth(180)
        self.missing_only = check_box(self.tr("Missing only"))
        self.count = label("", "quiet")
        self.rows = TableRows(self._columns(), lambda word: word.key)
        self.table = ChoosingTable(self.rows, self.tr("What is said"))
        self.table.verticalHeader().setDefaultSectionSize(theme().smallestTouch)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.sentence = SentenceLine()
        self._buttons()
        self.setLayout(column(frame("card", self._inside()), margin=theme().margin))
        self.language.currentIndexChanged.connect(self._on_language_chosen)
        self.missing_only.toggled.connect(self.refresh)
        self.table.chosen_changed.connect(self._on_chosen)
        for changed in (model.changed, model.sentence_changed):
            changed.connect(self.refresh)
        self.refresh()

    def _buttons(self) -> None:
        self.import_button = KeyButton(self.tr("Import recordings …"), keys.IMPORT, self.ask_which, "primary")
        self.stop_button = button(self.tr("Stop"), "", self.model.cancel)
        self.remove_button = ConfirmButton(self.tr("Remove …"), self.tr("Remove for good? Press again"), self.remove)
        self.record_button = button(self.tr("Record"), "", self.record)
        self.play_button = button(self.tr("Play"), "", self.play)
        self.soundless = label(
            self.tr("To record and to listen here, install nowserving[display] on this computer too."),
            "quiet",
            wrap=True,
        )
        self.microphone: Microphone | None = None
        self.player: ClipPlayer | None = None
        self.model.fetched.connect(self._on_fetched)

    def _inside(self) -> QVBoxLayout:
        about = self.tr(
            "What is recorded here is said in place of a computer's voice. Files are WAV, named as in the list."
        )
        return column(
            label(self.tr("Recordings of this hall"), "large"),
            label(about, "quiet", wrap=True),
            row(self.language, self.missing_only, self.count, None, gap=theme().margin),
            self.table,
            self.sentence,
            self.soundless,
            row(self.import_button, self.stop_button, None, self.play_button, self.record_button, self.remove_button),
            margin=theme().margin,
        )

    def _columns(self) -> list[Column[Word]]:
        return [
            Column(title=self.tr("What is said"), text=_said),
            Column(title=self.tr("File name"), text=lambda word: f"{word.key}.wav", font_size=theme().text),
            Column(
                title=self.tr("Recording"),
                text=lambda word: self.tr("recorded") if self.model.clip(word.key) else self.tr("missing"),
                ink=lambda word: theme().good if self.model.clip(word.key) else theme().warning,
            ),
        ]

    # ── what is done ──

    def begin(self) -> None:
        self.model.say("")
        for part in (self.record_button, self.play_button):
            part.setVisible(can_sound())
        self.soundless.setVisible(not can_sound())
        self._fill_languages()
        self.take_focus()

    def _fill_languages(self) -> None:
        languages = self.model.hall.settings.languages
        wanted = self.model.language if self.model.language in languages else languages[0]
        self.language.blockSignals(True)
        self.language.clear()
        for language in languages:
            self.language.addItem(own_name(language), language)
        self.language.setCurrentIndex(self.language.findData(wanted))
        self.language.blockSignals(False)
        self.model.choose(wanted)

    def _on_language_chosen(self) -> None:
        self.model.say("")
        self.model.choose(self.language.currentData())

    def forget(self) -> None:
        """Before the next person signs in: an import goes on only for whoever began it."""
        self.model.uploads.cancel()
        self.model.say("")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        super().hideEvent(event)
        if self._is_recording:
            self.record()

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_which(self) -> None:
        dialog = QFileDialog(self, self.tr("Import recordings"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("Recordings (*.wav)"), self.tr("All files (*)")])
        dialog.filesSelected.connect(lambda names: self.model.import_files(map(Path, names)))
        dialog.open()

    def record(self) -> None:
        """Begin to record what is chosen, or end it."""
        microphone = self.microphone = self.microphone or Microphone(self)
        if microphone.is_recording:
            microphone.stop()
        elif microphone.start():
            self.model.say("")
            take = partial(self.model.take_recording, self.table.chosen)
            microphone.stopped.connect(take, Qt.ConnectionType.SingleShotConnection)
            microphone.stopped.connect(self.refresh, Qt.ConnectionType.SingleShotConnection)
        else:
            self.model.say(self.tr("This computer has no microphone that can be used."), refusal=True)
        self.refresh()

    def play(self) -> None:
        if clip := self.model.clip(self.table.chosen):
            self.model.fetch(clip)

    def _on_fetched(self, file: Path) -> None:
        self.player = self.player or ClipPlayer(self)
        self.player.play(file)

    @property
    def _is_recording(self) -> bool:
        return self.microphone is not None and self.microphone.is_recording

    def remove(self) -> None:
        if clip := self.model.clip(self.table.chosen):
            self.model.remove(clip)

    # ── what is shown ──

    def _on_chosen(self) -> None:
        self.remove_button.reset()
        self._update_buttons()

    def refresh(self) -> None:
        if not self.isVisible():  # the hall changes often, and nobody sees it
            return
        words = self.model.words
        missing = [word for word in words if not self.model.clip(word.key)]
        self.table.keep_chosen(lambda: self.rows.show(missing if self.missing_only.isChecked() else list(words)))
        self.count.setText(self.tr("{0} of {1} recorded").format(len(words) - len(missing), len(words)))
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)
        self._update_buttons()

    def _update_buttons(self) -> None:
        reachable = self.model.station.away_since is None
        recorded = self.model.clip(self.table.chosen) is not None
        recording = self._is_recording
        sent = self.model.uploads.current
        enable(self.import_button, on=reachable)
        reveal(self.stop_button, on=sent is not None)
        enable(self.play_button, on=recorded and reachable)
        enable(self.remove_button, on=recorded and self.model.can_save)
        enable(self.record_button, on=recording or (bool(self.table.chosen) and reachable))
        self.record_button.setText(self.tr("End the recording") if recording else self.tr("Record"))
        enable(self.table, on=not recording)


def _said(word: Word) -> str:
    """A letter as it is printed, not as it is spelt for a voice."""
    kind, _, what = word.key.partition(".")
    return what if kind == "letter" else word.text
