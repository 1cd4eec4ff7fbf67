"""The audit in the set-up: a table with filters that loads more as one scrolls, and is exported to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QHeaderView, QLayout, QLineEdit, QWidget

from console import keys
from console.controls import KeyButton, SentenceLine, check_box, column, frame, label, row
from console.set_up.audit_model import AuditModel, since
from console.table import ChoosingTable, Column, TableRows
from shared.formats import TO_THE_SECOND
from shared.requests.audit import DONE, Act, ReadAudit
from shared.ui.widget_theme import theme

WHO, ABOUT = 1, 4


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
        self.days.addItem(self.tr("Everything kept"), 0)
        self.refused = check_box(self.tr("Only refused"))
        self.export_button = KeyButton(self.tr("Export …"), keys.EXPORT, self.ask_where_to)
        self.rows = TableRows(self._columns(), lambda act: act.id)
        self.table = self._table()
        self.sentence = SentenceLine(keeps_place=False)
        self.setLayout(column(frame("card", self._inside()), margin=theme().margin))
        self._listen()

    def _inside(self) -> QLayout:
        about = self.tr("Every command, request and sign-in, including those refused. Nobody can change it.")
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
            Column(title=self.tr("When"), text=self._when, font_size=theme().text),
            Column(title=self.tr("Who"), text=self._who),
            Column(title=self.tr("Address"), text=lambda act: act.address),
            Column(title=self.tr("What"), text=lambda act: act.act),
            Column(title=self.tr("About"), text=lambda act: act.about, bold=True),
            Column(title=self.tr("Result"), text=self._result, ink=_ink),
        ]

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.rows, self.tr("Who did what"))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (WHO, ABOUT):  # long names are elided, so that the result is in sight
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        return table

    def _listen(self) -> None:
        for entry in (self.who, self.act):
            entry.editingFinished.connect(self.begin)
            entry.textEdited.connect(self.model.clear_sentence)
        self.days.currentIndexChanged.connect(self.begin)
        self.refused.toggled.connect(self.begin)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.model.changed.connect(self.refresh)
        self.model.sentence_changed.connect(self._say)

    # ── what is shown ──

    def begin(self) -> None:
        """Load the newest lines that match the filters."""
        if self.isVisible():
            self.model.load(self.query())

    def forget(self) -> None:
        """Clear the sentence before the next person signs in; the lines stay until somebody opens the audit."""
        self.model.clear_sentence()

    def query(self) -> ReadAudit:
        """The request the filters stand for."""
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
            self.model.load_more()

    def _when(self, act: Act) -> str:
        return f"{act.at.astimezone(self.model.zone):{TO_THE_SECOND}}"

    def _who(self, act: Act) -> str:
        return f"{act.actor} ({act.role})" if act.actor and act.role else act.actor or act.role

    def _result(self, act: Act) -> str:
        return self.tr("done") if act.outcome == DONE else self.tr("refused: {0}").format(act.outcome)

    def _say(self) -> None:
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)

    # ── what is asked ──

    def ask_where_to(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the audit"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Spreadsheets (*.xlsx)"), self.tr("Comma-separated values (*.csv)")])
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("csv" if "csv" in chosen else "xlsx"))
        dialog.selectFile("audit.xlsx")
        dialog.fileSelected.connect(lambda name: self.model.export(Path(name)))
        dialog.open()


def _entry(short: str, whole: str) -> QLineEdit:
    """A filter's field; its tooltip explains what a narrow window has no room for."""
    entry = QLineEdit(placeholderText=short)
    entry.setToolTip(whole)
    entry.setAccessibleName(whole)
    return entry


def _ink(act: Act) -> str | None:
    return None if act.outcome == DONE else theme().warning
