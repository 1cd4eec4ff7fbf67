"""The set-up as a file: export, import, and a list of what the file would change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from console import keys
from console.controls import KeyButton, SentenceLine, check_box, column, frame, label, row, separator
from console.keyboard_place import enable
from console.set_up.set_up_file_model import SetUpFileModel
from shared.ui.widget_theme import theme


class SetUpFileSection(QWidget):
    def __init__(self, model: SetUpFileModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.export_button = KeyButton(self.tr("Export …"), keys.EXPORT, self.ask_where_to)
        self.import_button = KeyButton(self.tr("Import …"), keys.IMPORT, self.ask_which)
        self.title = label("", "large")
        self.lines = QListWidget()
        self.lines.setWordWrap(True)
        self.lines.setAccessibleName(self.tr("What the file changes"))
        self.lines.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self.lines.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.retire = check_box(self.tr("Retire for good what is not in the file"))
        self.retire.toggled.connect(self._retire)
        self.sentence = SentenceLine()
        self.apply_button = KeyButton(self.tr("Apply"), keys.SAVE, model.apply, "primary")
        self.discard_button = KeyButton(self.tr("Discard"), keys.DISCARD, model.close_file)
        self.setLayout(column(frame("card", self._inside()), margin=theme().margin))
        model.changed.connect(self.refresh)
        self.refresh()

    def _inside(self) -> QVBoxLayout:
        about = self.tr("The whole set-up of this hall in one readable file: to keep, to change, or for another hall.")
        return column(
            label(self.tr("The set-up as a file"), "large"),
            label(about, "quiet", wrap=True),
            row(self.export_button, self.import_button, None),
            separator(),
            self.title,
            self.lines,
            self.retire,
            self.sentence,
            row(self.apply_button, self.discard_button, None),
            None,
            margin=theme().margin,
            gap=theme().gap + theme().gap // 2,
        )

    # ── what is asked ──

    def ask_where_to(self) -> None:
        dialog = self._dialog(self.tr("Export the set-up"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("toml")
        dialog.selectFile(f"{self.model.hall_id or 'hall'}.toml")
        dialog.fileSelected.connect(lambda name: self.model.export(Path(name)))
        dialog.open()

    def ask_which(self) -> None:
        dialog = self._dialog(self.tr("Import a set-up"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.model.open(Path(name)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([self.tr("Set-up files (*.toml)"), self.tr("All files (*)")])
        return dialog

    # ── what is shown ──

    def begin(self) -> None:
        self.model.begin()
        self.take_focus()

    def forget(self) -> None:
        """Close the file one person chose before the next one signs in."""
        self.model.close_file()

    def take_focus(self) -> None:
        self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        file = self.model.file
        self.title.setText(self.tr("What {0} changes in this hall").format(file.name) if file else "")
        self._show(self.model.lines)
        for part in (self.title, self.apply_button, self.discard_button):
            part.setVisible(file is not None)
        self.lines.setVisible(bool(self.model.lines))
        self.retire.setVisible(bool(self.model.changes.extra))
        self.retire.setChecked(self.model.retire)
        enable(self.apply_button, on=self.model.can_apply)
        enable(self.export_button, on=bool(self.model.hall_id))
        enable(self.import_button, on=bool(self.model.hall_id))
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)

    def _show(self, lines: list[str]) -> None:
        """Refill the list only if something in it is different: it keeps where it is scrolled to."""
        if lines != [self.lines.item(at).text() for at in range(self.lines.count())]:
            self.lines.clear()
            self.lines.addItems(lines)

    def _retire(self, retire: bool) -> None:
        if retire != self.model.retire:
            self.model.set_retire(retire)
