"""The audit in the set-up: a table that filters, goes on as one scrolls, and is written to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QHeaderView, QLayout, QLineEdit, QWidget

from console import keys
from console.controls import KeyButton, SentenceLine, check_box, column, frame, label, row
from console.set_up.audit_model import AuditModel, since
from console.table import ChoosingTable, Column, TableRows
from shared.access.audit import DONE, Act, ReadAudit
from shared.formats import TO_THE_SECOND
from shared.ui.widget_theme import theme


class AuditSection(QWidget):
    def __init__(self, model: AuditModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.who = _entry(self.tr("Who"), self.tr("Who: a login, a device or an address"))
        self.act = _entry(self.tr("What"), self.tr("What: call-next, sign-in …"))
        self.days = QComboBox()
        self.days.setAccessibleName(self.tr("How far back"))
        for text, days in ((self.tr("Today"), 1), (self.tr("Seven days"), 7), (self.tr("Thirty days"), 30)):
            self.days.addItem(text, days)
        self.days.addItem(self.tr("All that is kept"), 0)
        self.refused = check_box(self.tr("Only what was refused"))
        self.export_button = KeyButton(self.tr("Export …"), keys.EXPORT, self.ask_where_to)
        self.rows = TableRows(self._columns(), lambda act: act.id)
        self.table = self._table()
        self.sentence = SentenceLine(keeps_place=False)
        self.setLayout(column(frame("card", self._inside()), margin=theme().margin))
        self._listen()

    def _inside(self) -> QLayout:
        about = self.tr("Every command, request and sign-in, and whoever was refused. Nobody can change it.")
        filters = row(self.who, self.act, self.days, self.refused, self.export_button)
        filters.setStretch(0, 2)
        filters.setStretch(1, 1)
        return column(
            row(label(self.tr("Who did what"), "large"), label(about, "quiet"), None),
            filters,
            self.table,
            self.sentence,
            margin=theme().margin,
        )

    def _columns(self) -> list[Column[Act]]:
        return [
            Column(title=self.tr("When"), text=self._when, figures=theme().text),
            Column(title=self.tr("Who"), text=self._who),
            Column(title=self.tr("Address"), text=lambda act: act.address),
            Column(title=self.tr("What"), text=lambda act: act.act),
            Column(title=self.tr("About"), text=lambda act: act.about, bold=True),
            Column(title=self.tr("What came of it"), text=self._outcome, ink=_ink),
        ]

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.rows, self.tr("Who did what"))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (1, 4):  # long names give way, so that what came of it is in sight
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        return table

    def _listen(self) -> None:
        for entry in (self.who, self.act):
            entry.editingFinished.connect(self.begin)
            entry.textEdited.connect(self.model.hush)
        self.days.currentIndexChanged.connect(self.begin)
        self.refused.toggled.connect(self.begin)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.model.changed.connect(self.refresh)
        self.model.sentence_changed.connect(self._say)

    # ── what is shown ──

    def begin(self) -> None:
        """The newest lines that fit."""
        if self.isVisible():
            self.model.look(self.wanted())

    def forget(self) -> None:
        """The next person is not told what this one did."""
        self.model.hush()

    def wanted(self) -> ReadAudit:
        """What the filters ask for."""
        return ReadAudit(
            since=since(int(self.days.currentData())),
            actor=self.who.text().strip(),
            act=self.act.text().strip(),
            refused=self.refused.isChecked(),
        )

    def refresh(self) -> None:
        self.rows.show(list(self.model.acts))

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _scrolled(self, value: int) -> None:
        if value == self.table.verticalScrollBar().maximum():
            self.model.more()

    def _when(self, act: Act) -> str:
        return f"{act.at.astimezone(self.model.zone):{TO_THE_SECOND}}"

    def _who(self, act: Act) -> str:
        return f"{act.actor} ({act.role})" if act.actor and act.role else act.actor or act.role

    def _outcome(self, act: Act) -> str:
        return self.tr("done") if act.outcome == DONE else self.tr("refused: {0}").format(act.outcome)

    def _say(self) -> None:
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)

    # ── what is asked ──

    def ask_where_to(self) -> None:
        """Ask for the file to write."""
        dialog = QFileDialog(self, self.tr("Export the audit"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Spreadsheets (*.xlsx)"), self.tr("Text with commas (*.csv)")])
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("csv" if "csv" in chosen else "xlsx"))
        dialog.selectFile("audit.xlsx")
        dialog.fileSelected.connect(lambda name: self.model.export(Path(name)))
        dialog.open()


def _entry(short: str, whole: str) -> QLineEdit:
    """A field between others, where a narrow window has no room for what may be typed there."""
    entry = QLineEdit(placeholderText=short)
    entry.setToolTip(whole)
    entry.setAccessibleName(whole)
    return entry


def _ink(act: Act) -> str | None:
    return None if act.outcome == DONE else theme().warning
