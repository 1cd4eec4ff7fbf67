"""What the sections of the set-up have in common: a form, its keys, and the hall's sentence beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, SignalInstance
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from console import keys
from console.controls import KeyButton, SentenceLine, SureButton, column, frame, label, row
from console.eliding import ElidingCells
from console.set_up.form_model import FormModel
from console.set_up.set_up_model import Definable, SetUpModel
from shared.hall.values import HallSettings
from shared.ui.widget_theme import theme

N = TypeVar("N", bound=QAbstractSpinBox)
IDENTITY = Qt.ItemDataRole.UserRole


class Section(QWidget):
    """A form that is filled from the hall when something is chosen, and never while somebody writes in it.

    What is written and not yet saved stays until it is saved or discarded.
    """

    def __init__(self, model: FormModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.sentence = SentenceLine()
        self.save_button = KeyButton(self.tr("Save"), keys.SAVE, self.save, "primary")
        self.discard_button = KeyButton(self.tr("Discard"), keys.DISCARD, self.discard)
        self.discard_button.hide()
        self._loaded: object = None
        self._asked_about: object = None
        self._saving = False
        self._go_on: Callable[[], None] = self.begin
        model.sentence_changed.connect(self._say)
        model.changed.connect(self.refresh)
        model.saved.connect(self._saved)

    def _saved(self, identity: str) -> None:
        if self.isVisible() and (self._saving or not self.unsaved):
            self.begin(identity)

    def _say(self) -> None:
        if self.model.is_refusal:
            self._saving = False
        elsewhere = not self.model.is_refusal and self.unsaved and not self._saving
        self.sentence.say("" if elsewhere else self.model.sentence, refusal=self.model.is_refusal)

    def begin(self, identity: str = "") -> None:
        """Show the hall as it is now, with this one chosen."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Begin where the keyboard is most useful."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Follow the hall; the form stays as it is being written."""
        self.save_button.setEnabled(self.model.can_save)

    def written(self) -> object:
        """What stands in the form, to be compared."""
        raise NotImplementedError

    def save(self) -> None:
        raise NotImplementedError

    # ── what is not saved yet ──

    @property
    def unsaved(self) -> bool:
        return self._loaded is not None and self.written() != self._loaded

    def loaded(self) -> None:
        """The form now says what the hall says."""
        self._loaded, self._saving, self._go_on = self.written(), False, self.begin
        self.discard_button.hide()
        self._listen()

    def _listen(self) -> None:
        """Hear of every change in the form; some of its fields come and go with what the hall has."""
        for field in self.findChildren(QWidget):
            if (changed := _change_of(field)) and not field.property("heard"):
                field.setProperty("heard", True)
                changed.connect(self._changed)

    def _changed(self, *_: object) -> None:
        """What was saved is not what stands here now. A refusal stays, to be read while it is put right."""
        if self.model.sentence and not self.model.is_refusal:
            self.model.say("")

    def leave(self, go_on: Callable[[], None]) -> bool:
        """Turn to something else, unless that would lose what is written: then ask."""
        if self.unsaved:
            self._go_on = go_on
            self.ask()
            return False
        self.model.say("")
        go_on()
        return True

    def ask(self) -> None:
        """Say that something is not saved yet, and offer to discard it."""
        self._asked_about = self.written()
        self.discard_button.show()
        self.model.say(self.tr("This is not saved yet: save it or discard it first."), refusal=True)

    @property
    def asks(self) -> bool:
        """Whether it was said of just what stands here that it is not saved yet."""
        return self.unsaved and self.written() == self._asked_about

    def discard(self) -> None:
        """Forget what is written, and go where one wanted to."""
        go_on = self._go_on
        self.forget()
        go_on()

    def forget(self) -> None:
        """Whoever turns to this form next begins with what the hall has."""
        self._loaded, self._saving, self._go_on = None, False, self.begin
        self.discard_button.hide()
        self.model.say("")


class ListSection(Section):
    """A section with several of a kind: a list to choose from, new ones, and taking one away for good."""

    def __init__(self, model: FormModel) -> None:
        super().__init__(model)
        self.identity = ""
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setItemDelegate(ElidingCells(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._chosen)
        self.new_button = KeyButton(self.tr("New"), keys.NEW, self.new)
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
        if self.identity:  # a new one has the focus in its first field
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keys(self) -> QHBoxLayout:
        return row(self.save_button, self.discard_button, self.new_button, None, self.retire_button)

    def new(self) -> None:
        self.leave(partial(self._load, ""))

    def begin(self, identity: str = "") -> None:
        self._fill()
        wanted = identity or self.identity
        names = [name for name, _ in self.identities()]
        self._load(wanted if wanted in names else next(iter(names), ""))

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
            item.setToolTip(text)  # what has no room in two lines of it gives way
        self.list.blockSignals(False)
        self._point_at()

    def _point_at(self) -> None:
        """The list shows what is in the form."""
        self.list.blockSignals(True)
        names = [name for name, _ in self._listed()]
        self.list.setCurrentRow(names.index(self.identity) if self.identity in names else -1)
        self.list.blockSignals(False)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self.leave(partial(self._load, item.data(IDENTITY))):
            QTimer.singleShot(0, self._point_at)  # the list is still busy with the press

    def _load(self, identity: str) -> None:
        self.identity = identity
        self._point_at()
        self.retire_button.calm()
        self.retire_button.setVisible(bool(identity))
        self.load(identity)
        self.loaded()


class Defined(Section):
    """A section whose form stands for a value of the hall: saving it is a command."""

    model: SetUpModel

    def draft(self) -> Definable:
        """What the form says, as the hall would have it."""
        raise NotImplementedError

    def written(self) -> object:
        return self.draft()

    def save(self) -> None:
        self._saving = self.model.can_save
        self.model.define(self.draft())


class SettingsSection(Defined):
    """A section with some of the hall's settings: a form that takes the whole page."""

    def show_form(self, form: QLayout, *beside_keys: QWidget) -> None:
        keys = row(self.save_button, self.discard_button, *(beside_keys or [None]))
        for beside in beside_keys:
            keys.setStretchFactor(beside, 1)
        inside = column(scrolled(form), self.sentence, keys, margin=theme().margin, gap=theme().gap)
        self.setLayout(column(frame("card", inside), margin=theme().margin))

    def filled(self, settings: HallSettings) -> HallSettings:
        """These settings, with what the form says in place of its own."""
        raise NotImplementedError

    def draft(self) -> HallSettings:
        return self.filled(self.model.hall.settings)

    def written(self) -> HallSettings:
        """Without what the form does not show: others may change that meanwhile."""
        return self.filled(HallSettings())


def _change_of(field: QWidget) -> SignalInstance | None:
    """What says that something else stands in a field."""
    match field:
        case QLineEdit() | QPlainTextEdit():
            return field.textChanged
        case QSpinBox():
            return field.valueChanged
        case QDateTimeEdit():
            return field.dateTimeChanged
        case QComboBox():
            return field.currentIndexChanged
        case QCheckBox():
            return field.toggled
        case _:
            return None


def number_field(name: str, highest: int, *, least: int = 0, width: int = 130, unit: str = "") -> QSpinBox:
    """A whole number to be filled in."""
    field = QSpinBox(minimum=least, maximum=highest)
    field.setSuffix(unit)
    field.setAccessibleName(name)
    return roomy(field, width)


def roomy(field: N, width: int) -> N:
    """Text begins where that of other fields does: a style sheet's padding does not reach into a spin box."""
    field.setFixedWidth(width)
    for text in field.findChildren(QLineEdit):
        text.setTextMargins(theme().gap - 1, 0, theme().gap - 1, 0)
    return field


def scrolled(form: QLayout) -> QScrollArea:
    """A form that may be taller than the window; its keys stand below it and stay in sight."""
    form.setContentsMargins(0, 0, 2 * theme().gap, 0)  # where the scroll bar is
    inside = QWidget()
    inside.setLayout(form)
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setProperty("is", "form")
    inside.setProperty("is", "form")
    area.setWidget(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def form_line(name: str, field: QWidget | QLayout) -> QLayout:
    """A field under its name."""
    return column(label(name, "caption"), field, gap=2)


def beside(form: QLayout, chosen_from: QWidget) -> QLayout:
    """The list on one side, the form on the other."""
    left = frame("card", column(chosen_from, margin=theme().gap))
    left.setFixedWidth(300)
    return row(left, frame("card", form), margin=theme().margin, gap=theme().margin)
