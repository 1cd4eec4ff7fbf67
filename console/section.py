"""What the sections of the set-up have in common: a form, its keys, and the hall's sentence beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QListWidget, QListWidgetItem, QWidget

from console.controls import KeyButton, SentenceLine, SureButton, column, frame, label, row
from console.set_up_model import SetUpModel
from shared.ui.theme import theme

IDENTITY = Qt.ItemDataRole.UserRole


class Section(QWidget):
    """A form that is filled from the hall when something is chosen, and never while somebody writes in it."""

    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.sentence = SentenceLine()
        self.save_button = KeyButton(self.tr("Save"), "Ctrl+S", self.save, "primary")
        model.sentence_changed.connect(self._say)
        model.changed.connect(self.refresh)
        model.saved.connect(self._saved)

    def _saved(self, identity: str) -> None:
        if self.isVisible():
            self.begin(identity)

    def _say(self) -> None:
        self.sentence.say(self.model.sentence, refusal=self.model.is_refusal)

    def begin(self, identity: str = "") -> None:
        """Show the hall as it is now, with this one chosen."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Begin where the keyboard is most useful."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Follow the hall; the form stays as it is being written."""
        self.save_button.setEnabled(self.model.can_save)

    def save(self) -> None:
        raise NotImplementedError


class ListSection(Section):
    """A section with several of a kind: a list to choose from, new ones, and taking one away for good."""

    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.identity = ""
        self.list = QListWidget()
        self.list.currentItemChanged.connect(self._chosen)
        self.new_button = KeyButton(self.tr("New"), "Ctrl+N", self.new)
        self.retire_button = SureButton(self.tr("Retire …"), self.tr("Retire for good? Press again"), self.retire)

    def identities(self) -> list[tuple[str, str]]:
        """What there is: each one's id, and its line in the list."""
        raise NotImplementedError

    def load(self, identity: str) -> None:
        """Fill the form with this one, or empty it for a new one."""
        raise NotImplementedError

    def retire(self) -> None:
        raise NotImplementedError

    def take_focus(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keys(self) -> QHBoxLayout:
        return row(self.save_button, self.new_button, None, self.retire_button)

    def new(self) -> None:
        self.list.setCurrentRow(-1)
        self._load("")

    def begin(self, identity: str = "") -> None:
        self._fill()
        wanted = identity or self.identity
        names = [name for name, _ in self.identities()]
        if names:
            self.list.setCurrentRow(names.index(wanted) if wanted in names else 0)
        self._load(names[self.list.currentRow()] if names else "")

    def refresh(self) -> None:
        super().refresh()
        if self.identities() != self._listed():
            self._fill()

    def _listed(self) -> list[tuple[str, str]]:
        items = [self.list.item(at) for at in range(self.list.count())]
        return [(item.data(IDENTITY), item.text()) for item in items]

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for identity, text in self.identities():
            item = QListWidgetItem(text, self.list)
            item.setData(IDENTITY, identity)
            if identity == self.identity:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.model.say("")
            self._load(item.data(IDENTITY))

    def _load(self, identity: str) -> None:
        self.identity = identity
        self.retire_button.calm()
        self.retire_button.setVisible(bool(identity))
        self.load(identity)


def form_line(name: str, field: QWidget | QLayout) -> QLayout:
    """A field under its name."""
    return column(label(name, "caption"), field, gap=2)


def beside(form: QLayout, chosen_from: QWidget) -> QLayout:
    """The list on one side, the form on the other."""
    left = frame("card", column(chosen_from, margin=theme().gap))
    left.setFixedWidth(300)
    return row(left, frame("card", form), margin=theme().margin, gap=theme().margin)
