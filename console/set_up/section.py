"""What the sections of the set-up have in common: a form, its buttons, and a sentence about the result."""

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
from console.controls import ConfirmButton, KeyButton, SentenceLine, column, frame, label, row
from console.eliding import ElidingCells
from console.keyboard_place import enable, keyboard_kept, reveal
from console.set_up.form_model import FormModel
from console.set_up.set_up_model import Definable, SetUpModel
from console.set_up.tick_list import TickList
from shared.hall.hall_settings import HallSettings
from shared.ui.widget_theme import theme

N = TypeVar("N", bound=QAbstractSpinBox)
ITEM_ID = Qt.ItemDataRole.UserRole
STRETCH = None  # as a child of ``row``


class Section(QWidget):
    """A form that is filled from the hall when an item is chosen; what is written stays until saved or discarded."""

    def __init__(self, model: FormModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.sentence = SentenceLine()
        self.save_button = KeyButton(self.tr("Save"), keys.SAVE, self.save, "primary")
        self.discard_button = KeyButton(self.tr("Discard"), keys.DISCARD, self.discard)
        self.discard_button.hide()
        self._look_later = QTimer(self, singleShot=True, interval=0)  # a form that is being filled is not looked at
        self._look_later.timeout.connect(self._offer_discarding)
        self._loaded_content: object = None
        self._warned_content: object = None
        self._saving = False
        self._go_on: Callable[[], None] = self.begin
        model.sentence_changed.connect(self._say)
        model.changed.connect(self.refresh)
        model.saved.connect(self._on_saved)

    def _on_saved(self, item_id: str) -> None:
        # another section's save does not refill one with unsaved changes of its own
        if self.isVisible() and (self._saving or not self.unsaved):
            self._in_place(partial(self.begin, item_id))

    def _in_place(self, act: Callable[[], None]) -> None:
        """Do what fills the form anew, and leave the keyboard where it is."""
        with keyboard_kept(self):
            act()
        if self.window().focusWidget() is self:
            self.take_focus()

    def _say(self) -> None:
        if self.model.is_refusal:
            self._saving = False
        # good news about another save, while this form still has unsaved changes
        about_another_save = not self.model.is_refusal and self.unsaved and not self._saving
        self.sentence.say("" if about_another_save else self.model.sentence, refusal=self.model.is_refusal)

    def begin(self, item_id: str = "") -> None:
        """Show the hall as it is now, with the item of this id chosen; it overwrites the form without asking."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Focus where the keyboard is most useful."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Follow the hall, without touching what is being written."""
        enable(self.save_button, on=self.model.can_save)

    def content(self) -> object:
        """What is in the form; compared to tell whether it is unsaved."""
        raise NotImplementedError

    def save(self) -> None:
        """Send the form. Set ``_saving`` if it is sent: else the answer counts as that of another section."""
        raise NotImplementedError

    # ── what is not saved yet ──

    @property
    def unsaved(self) -> bool:
        return self._loaded_content is not None and self.content() != self._loaded_content

    def mark_as_loaded(self) -> None:
        """Take what is in the form as the hall's. Also ends a save, drops the ``go_on`` and listens to new fields."""
        self._loaded_content, self._saving, self._go_on = self.content(), False, self.begin
        reveal(self.discard_button, on=False)
        self._listen()

    def _listen(self) -> None:
        """Connect every field of the form that is not connected yet: some come and go with what the hall has."""
        for field in self.findChildren(QWidget):
            if (changed := _change_of(field)) and not field.property("heard"):
                field.setProperty("heard", True)
                changed.connect(self._on_edited)

    def _on_edited(self, *_: object) -> None:
        """Clear a success message; a refusal stays, to be read while it is put right. Offer to discard the change."""
        if self.model.sentence and not self.model.is_refusal:
            self.model.say("")
        self._look_later.start()

    def _offer_discarding(self) -> None:
        self._listen()
        reveal(self.discard_button, on=self.unsaved)

    def leave(self, go_on: Callable[[], None]) -> bool:
        """Call ``go_on`` and return True; with unsaved changes, warn of them instead and return False."""
        if self.unsaved:
            self._go_on = go_on
            self.warn_unsaved()
            return False
        self.model.say("")
        go_on()
        return True

    def warn_unsaved(self) -> None:
        """Say that something is not saved yet, and offer to discard it."""
        self._warned_content = self.content()
        self.discard_button.show()
        # refused by no hall, but worded as a refusal: so it stays while it is put right
        self.model.say(self.tr("This is not saved yet: save it or discard it first."), refusal=True)

    @property
    def is_already_warned(self) -> bool:
        """Whether the warning was shown for exactly the content that is unsaved now."""
        return self.unsaved and self.content() == self._warned_content

    def discard(self) -> None:
        """Give up what is written, and call the ``go_on`` that the warning stopped: ``begin``, if there was none."""
        self._in_place(partial(self._forget_and, self._go_on))

    def _forget_and(self, go_on: Callable[[], None]) -> None:
        self.forget()
        go_on()

    def forget(self) -> None:
        """No longer count what is in the form as unsaved; the fields keep it until ``begin`` overwrites them."""
        self._loaded_content, self._saving, self._go_on = None, False, self.begin
        reveal(self.discard_button, on=False)
        self.model.say("")


class ListSection(Section):
    """A section for several items of one kind: a list to choose from, and buttons to add and to retire one."""

    def __init__(self, model: FormModel) -> None:
        super().__init__(model)
        self.item_id = ""
        """The id of the item in the form; empty for a new one."""
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setItemDelegate(ElidingCells(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.new_button = KeyButton(self.tr("New"), keys.NEW, self.new)
        self.retire_button = ConfirmButton(self.tr("Retire …"), self.tr("Retire for good? Press again"), self.retire)

    def items(self) -> list[tuple[str, str]]:
        """The id of each item, and its text in the list."""
        raise NotImplementedError

    def fill_form(self, item_id: str) -> None:
        """Fill the form with the item of this id, or empty it for a new one."""
        raise NotImplementedError

    def retire(self) -> None:
        raise NotImplementedError

    def take_focus(self) -> None:
        if self.item_id:  # a new one has the focus in its first field
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def buttons(self) -> QHBoxLayout:
        return row(self.save_button, self.discard_button, self.new_button, STRETCH, self.retire_button)

    def new(self) -> None:
        self.leave(partial(self._show_item, ""))

    def begin(self, item_id: str = "") -> None:
        self._fill_list()
        wanted = item_id or self.item_id
        ids = [id_ for id_, _ in self.items()]
        self._show_item(wanted if wanted in ids else next(iter(ids), ""))

    def refresh(self) -> None:
        super().refresh()
        if self.items() != self._listed():
            self._fill_list()

    def _listed(self) -> list[tuple[str, str]]:
        items = [self.list.item(at) for at in range(self.list.count())]
        return [(item.data(ITEM_ID), item.text()) for item in items]

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for item_id, text in self.items():
            item = QListWidgetItem(text, self.list)
            item.setData(ITEM_ID, item_id)
            item.setToolTip(text)  # the list shows two lines of it at most
        self.list.blockSignals(False)
        self._select_current_row()

    def _select_current_row(self) -> None:
        """Select in the list the item that the form shows."""
        self.list.blockSignals(True)
        ids = [id_ for id_, _ in self._listed()]
        self.list.setCurrentRow(ids.index(self.item_id) if self.item_id in ids else -1)
        self.list.blockSignals(False)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self.leave(partial(self._show_item, item.data(ITEM_ID))):
            QTimer.singleShot(0, self._select_current_row)  # the list is still handling the press

    def _show_item(self, item_id: str) -> None:
        self.item_id = item_id
        self._select_current_row()
        self.retire_button.reset()
        self.retire_button.setVisible(bool(item_id))
        self.fill_form(item_id)
        self.mark_as_loaded()


class DefinitionSection(Section):
    """A section that edits a definition of the hall: saving it sends a command."""

    model: SetUpModel

    def draft(self) -> Definable:
        """The definition the form stands for, as it would be sent."""
        raise NotImplementedError

    def content(self) -> object:
        return self.draft()

    def save(self) -> None:
        self._saving = self.model.can_save
        self.model.define(self.draft())


class SettingsSection(DefinitionSection):
    """A section with some of the hall's settings: a form that takes the whole page."""

    def show_form(self, form: QLayout, *beside_buttons: QWidget) -> None:
        buttons = row(self.save_button, self.discard_button, *(beside_buttons or [STRETCH]))
        for widget in beside_buttons:
            buttons.setStretchFactor(widget, 1)
        inside = column(scrolled(form), self.sentence, buttons, margin=theme().margin, gap=theme().gap)
        self.setLayout(column(frame("card", inside), margin=theme().margin))

    def with_form_values(self, settings: HallSettings) -> HallSettings:
        """These settings, with the form's values in place of their own."""
        raise NotImplementedError

    def draft(self) -> HallSettings:
        return self.with_form_values(self.model.hall.settings)

    def content(self) -> HallSettings:
        """Only the settings this form shows, over defaults: others may change the rest meanwhile."""
        return self.with_form_values(HallSettings())


def _change_of(field: QWidget) -> SignalInstance | None:
    """The signal that a field's content has changed; None for a widget that is no field."""
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
        case TickList():
            return field.itemChanged
        case _:
            return None


def number_field(name: str, maximum: int, *, minimum: int = 0, width: int = 130, suffix: str = "") -> QSpinBox:
    """A field for a whole number, ``width`` pixels wide; ``suffix`` is its unit with a space before it."""
    field = QSpinBox(minimum=minimum, maximum=maximum)
    field.setSuffix(suffix)
    field.setAccessibleName(name)
    return aligned(field, width)


def aligned(field: N, width: int) -> N:
    """Set the width, in pixels, and align a spin box's text with other fields, which a style sheet's padding can't."""
    field.setFixedWidth(width)
    for text in field.findChildren(QLineEdit):
        text.setTextMargins(theme().gap - 1, 0, theme().gap - 1, 0)  # 1 pixel is the border
    return field


def scrolled(form: QLayout) -> QScrollArea:
    """A form that may be taller than the window; its buttons below it stay in sight."""
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


def begin_in(field: QWidget) -> None:
    """Give a field that has just been added the keyboard, and scroll to it once it has its place."""
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    QTimer.singleShot(0, field, partial(_scroll_to, field))


def _scroll_to(field: QWidget) -> None:
    around = field.parentWidget()
    while around and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if isinstance(around, QScrollArea):
        around.ensureWidgetVisible(field)


def form_line(name: str, field: QWidget | QLayout) -> QLayout:
    """A field with its name above it."""
    return column(label(name, "caption"), field, gap=2)


def with_list(form: QLayout, items: QWidget) -> QLayout:
    left = frame("card", column(items, margin=theme().gap))
    left.setFixedWidth(300)  # pixels
    return row(left, frame("card", form), margin=theme().margin, gap=theme().margin)
