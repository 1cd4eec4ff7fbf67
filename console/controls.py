"""The controls and layouts that every page of the console is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from shared.ui.widget_theme import theme

L = TypeVar("L", QVBoxLayout, QHBoxLayout)


def tabular_font(pixels: int | None = None, *, bold: bool = False) -> QFont:
    """Our font with figures of one width, for columns and running times; ``pixels`` high, None: as usual."""
    font = QFont()
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setBold(bold)
    if pixels:
        font.setPixelSize(pixels)
    return font


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """A text of one of the style sheet's kinds. Always plain: names come from people."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("is", kind)
    made.setWordWrap(wrap)
    if kind == "clock":
        made.setFont(tabular_font())  # a running time does not tremble
    if kind in ("chip", "key"):
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a widget: good, warning, quiet, or nothing for the usual colour."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def frame(kind: str, layout: QLayout) -> QFrame:
    made = QFrame()
    made.setProperty("is", kind)
    made.setLayout(layout)
    return made


def separator() -> QFrame:
    """A thin line between two parts of a page."""
    return frame("rule", QVBoxLayout())


def column(*children: QWidget | QLayout | None, margin: int = 0, gap: int | None = None) -> QVBoxLayout:
    """Children below one another; None is a stretch. ``margin`` and ``gap`` are pixels."""
    layout = QVBoxLayout()
    return _fill(layout, children, margin, gap)


def row(*children: QWidget | QLayout | None, margin: int = 0, gap: int | None = None) -> QHBoxLayout:
    """Children beside one another; None is a stretch. ``margin`` and ``gap`` are pixels."""
    layout = QHBoxLayout()
    return _fill(layout, children, margin, gap)


def _fill(layout: L, children: Iterable[QWidget | QLayout | None], margin: int, gap: int | None) -> L:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(theme().gap if gap is None else gap)
    for child in children:
        if child is None:
            layout.addStretch(1)
        elif isinstance(child, QWidget):
            layout.addWidget(child)
        else:
            layout.addLayout(child)
    return layout


def no_mnemonic(text: str) -> str:
    """A text for a button: Qt takes a single & for a keyboard mnemonic."""
    return text.replace("&", "&&")


def check_box(text: str) -> QCheckBox:
    return QCheckBox(no_mnemonic(text))


def radio(text: str) -> QRadioButton:
    return QRadioButton(no_mnemonic(text))


def button(text: str, kind: str = "", pressed: Callable[[], object] | None = None) -> QPushButton:
    made = QPushButton(no_mnemonic(text))
    made.setProperty("is", kind)
    made.setAutoDefault(True)  # Enter presses it while it has the keyboard
    if pressed:
        made.clicked.connect(pressed)
    return made


def on_key(key: str, act: Callable[[], object], parent: QWidget) -> QShortcut:
    """Call ``act`` on a key while ``parent`` is visible and enabled, once if it is held; Enter also means Return."""
    shortcut = QShortcut(QKeySequence(key), parent)
    if "Enter" in key:
        shortcut.setKeys([QKeySequence(key), QKeySequence(key.replace("Enter", "Return"))])
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(act)
    return shortcut


def shown_key(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class KeyButton(QPushButton):
    """A button with its key beside its text. The key acts at once, without a button's animation.

    ``bind`` is false where the page itself listens to the key.
    """

    def __init__(
        self, text: str, key: str, pressed: Callable[[], object], kind: str = "", *, bind: bool = True
    ) -> None:
        super().__init__()
        self.setProperty("is", kind)
        self._text = label(text)
        self._key = label(shown_key(key), "key")
        margin = theme().gap + theme().gap // 2
        self._inside = row(self._text, None, self._key)
        self._inside.setContentsMargins(margin, 0, margin, 0)
        self.setLayout(self._inside)
        for part in (self._text, self._key):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            part.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(pressed)
        if bind:
            on_key(key, pressed, self)
        self._set_accessible_name(text, key)

    def _set_accessible_name(self, text: str, key: str) -> None:
        name = QCoreApplication.translate("KeyButton", "{0}, key {1}")
        self.setAccessibleName(name.format(text, shown_key(key)))

    def show_text(self, text: str) -> None:
        """Change its text and its accessible name."""
        if text != self._text.text():
            self._text.setText(text)
            self._set_accessible_name(text, self._key.text())

    def shown_text(self) -> str:
        return self._text.text()

    def show_key(self, *, shows: bool) -> None:
        """Show or hide the key; a hidden one is in the tooltip."""
        if shows is self._key.isHidden():
            self._key.setVisible(shows)
            self._inside.invalidate()
            self.setToolTip("" if shows else self._key.text())

    @property
    def full_width(self) -> int:
        """Pixels it takes with its key shown."""
        return self.sizeHint().width() + (self._key.sizeHint().width() + theme().gap) * self._key.isHidden()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        wanted = self._inside.sizeHint()
        return QSize(wanted.width(), max(theme().smallestTouch, wanted.height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return self.sizeHint()


class SentenceLine(QLabel):
    """One sentence inside a page. ``keeps_place``: it keeps its height while empty, so that nothing below jumps."""

    def __init__(self, *, keeps_place: bool = True) -> None:
        super().__init__()
        self.keep_place(keeps=keeps_place)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("is", "sentence")
        self.setWordWrap(True)
        self.setMinimumHeight(theme().smallestTouch)
        self.say("")

    def keep_place(self, *, keeps: bool) -> None:
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps)
        self.setSizePolicy(policy)

    def say(self, sentence: str, *, refusal: bool = True, warning: bool = False) -> None:
        """Show a sentence, or hide if it is empty; one that is neither refusal nor warning looks like good news."""
        set_tone(self, "warning" if warning else "" if refusal else "good")
        self.setVisible(bool(sentence))
        self.setText(sentence)
        self.setAccessibleName(sentence)


class ConfirmButton(QPushButton):
    """A button for what can't be undone: the first press asks ``question``, a second one calls ``confirmed``."""

    def __init__(self, text: str, question: str, confirmed: Callable[[], object]) -> None:
        super().__init__(text)
        self._text, self._question, self._confirmed = text, question, confirmed
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        if self.text() == self._question:
            self.reset()
            self._confirmed()
        else:
            self.setText(self._question)

    def reset(self) -> None:
        """Forget a first press."""
        self.setText(self._text)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        self.reset()
        super().focusOutEvent(event)
