"""The theme of our screens, Theme.qml, as the palette and style sheet of windows made of widgets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cache
from string import Template
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QObject, QUrl
from PySide6.QtGui import QColor, QPalette
from PySide6.QtQml import QQmlComponent, QQmlEngine

from shared.ui.event_loop import QML, RESOURCES

PIXELS_PER_MM = 2.0
"""Pixels on a monitor for each of the theme's millimetres: half of those of a kiosk's screen, because a monitor is read
from half as far, by a seated person with a mouse."""


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours as ``#rrggbb``, sizes in pixels of a desktop monitor; the names are those of Theme.qml."""

    accent: str
    inkOnAccent: str  # noqa: N815  # the name in Theme.qml, here and below
    accentSoft: str  # noqa: N815
    accentDeep: str  # noqa: N815
    ground: str
    surface: str
    ink: str
    quietInk: str  # noqa: N815
    line: str
    good: str
    goodSoft: str  # noqa: N815
    warning: str
    warningSoft: str  # noqa: N815
    bad: str
    badSoft: str  # noqa: N815
    gap: int
    margin: int
    radius: int
    smallestTouch: int  # noqa: N815
    smallText: int  # noqa: N815
    text: int
    largeText: int  # noqa: N815
    title: int
    number: int


@cache
def theme() -> Theme:
    """The theme, read once from the QML singleton."""
    engine = QQmlEngine(QCoreApplication.instance())
    engine.addImportPath(str(QML))
    # Not singletonInstance: it keeps Python's lock while Qt's loading thread may be waiting for it, for ever.
    component = QQmlComponent(engine)
    component.setData(b"import QtQml; import NowServing; QtObject { property QtObject theme: Theme }", QUrl())
    holder = component.create()
    singleton = cast("QObject", holder.property("theme"))
    singleton.setProperty("pixelsPerMm", PIXELS_PER_MM)
    values: dict[str, Any] = {field.name: _value(singleton, field.name) for field in fields(Theme)}
    return Theme(**values)


def _value(singleton: QObject, name: str) -> str | int:
    value = singleton.property(name)
    return value.name() if isinstance(value, QColor) else round(value)


def palette(of: Theme) -> QPalette:
    """The theme for widgets that draw themselves."""
    made = QPalette(QColor(of.surface), QColor(of.ground))
    roles = {
        QPalette.ColorRole.Window: of.ground,
        QPalette.ColorRole.WindowText: of.ink,
        QPalette.ColorRole.Base: of.surface,
        QPalette.ColorRole.AlternateBase: of.ground,
        QPalette.ColorRole.Text: of.ink,
        QPalette.ColorRole.Button: of.surface,
        QPalette.ColorRole.ButtonText: of.ink,
        QPalette.ColorRole.Highlight: of.accent,
        QPalette.ColorRole.HighlightedText: of.inkOnAccent,
        QPalette.ColorRole.PlaceholderText: FAINT,
        QPalette.ColorRole.ToolTipBase: of.surface,
        QPalette.ColorRole.ToolTipText: of.ink,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def style_sheet(of: Theme) -> str:
    """The theme as a Qt style sheet. A widget names its kind in the property ``is``."""
    return Template(SHEET).substitute(
        asdict(of),
        faint=FAINT,
        caption=of.smallText + 2,
        half=of.gap // 2,
        wide=2 * of.margin,
        tab=of.margin - of.gap // 2,
        touch=of.smallestTouch - 2,  # without the border
        icons=(RESOURCES / "icons").as_posix(),
    )


FAINT = "#6b7280"
"""The colour of placeholders in empty fields: fainter than text, 4.8:1 on white."""

SHEET = """
* { font-size: ${text}px; }
QWidget { color: $ink; }
QMainWindow, QStackedWidget, QScrollArea, QWidget[is="page"] { background: $ground; border: none; }
QToolTip { background: $surface; color: $ink; border: 1px solid $line; padding: ${half}px; }

/* texts */
QLabel[is="empty"] { font-size: ${title}px; font-weight: 600; color: $ink; }
QLabel[is="title"] { font-size: ${title}px; font-weight: 700; }
QLabel[is="large"] { font-size: ${largeText}px; font-weight: 600; }
QLabel[is="clock"] { font-size: ${title}px; font-weight: 600; }
QLabel[is="caption"] { font-size: ${caption}px; font-weight: 600; color: $quietInk; }
QLabel[is="quiet"] { color: $quietInk; }
QLabel[is="fact"] { font-weight: 600; }
QLabel[is="chip"] { background: $accentSoft; color: $accentDeep; border-radius: ${radius}px;
    padding: 3px ${gap}px; font-weight: 600; }
QLabel[is="chip"][tone="good"] { background: $goodSoft; color: $good; }
QLabel[is="chip"][tone="warning"] { background: $warningSoft; color: $warning; }
QLabel[is="chip"][tone="quiet"] { background: $ground; color: $quietInk; }
QLabel[is="sentence"] { border-radius: ${radius}px; padding: ${gap}px; color: $bad; background: $badSoft; }
QLabel[is="sentence"][tone="good"] { color: $good; background: $goodSoft; }
QLabel[is="sentence"][tone="warning"] { color: $warning; background: $warningSoft; }
QLabel[is="banner"] { background: $warningSoft; color: $warning; font-weight: 600; padding: ${gap}px ${wide}px; }

/* surfaces */
QFrame[is="card"] { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[is="notice"] { background: $warningSoft; border: none; border-radius: ${radius}px; }
QFrame[is="notice"] QLabel { color: $warning; }
QFrame[is="bar"] { background: $surface; border: none; border-bottom: 1px solid $line; }
QFrame[is="rule"] { background: $line; border: none; min-height: 1px; max-height: 1px; }

/* buttons */
QPushButton { background: $surface; border: 1px solid $line; border-radius: ${radius}px;
    padding: 0 ${gap}px; min-height: ${touch}px; font-weight: 600; }
QPushButton:hover { border-color: $quietInk; }
QPushButton:pressed { background: $ground; }
QPushButton:focus { border: 2px solid $accent; }
QPushButton:disabled { color: #9aa3af; background: transparent; border-color: $line; }
QPushButton[is="flat"] { border-color: transparent; background: transparent; }
QPushButton[is="flat"]:hover { border-color: $line; }
QPushButton[is="flat"]:checked { background: $accentSoft; color: $accentDeep; }
QPushButton[is="flat"]:focus { border: 2px solid $accent; }
QPushButton[is="primary"], QPushButton[is="main"] { background: $accent; color: $inkOnAccent; border-color: $accent; }
QPushButton[is="primary"]:hover, QPushButton[is="main"]:hover { background: $accentDeep; }
QPushButton[is="primary"]:focus, QPushButton[is="main"]:focus { border: 2px solid $ink; }
QPushButton[is="main"] { min-height: 60px; max-height: 96px; }
QPushButton[is="primary"]:disabled, QPushButton[is="main"]:disabled { background: $line; color: $quietInk;
    border-color: $line; }
KeyButton QLabel { background: transparent; font-weight: 600; }
KeyButton QLabel:disabled { color: #9aa3af; }
KeyButton QLabel[is="key"], QLabel[is="key"] { font-size: ${caption}px; color: $quietInk; background: $ground;
    border: 1px solid $line;
    border-radius: 4px; padding: 1px 6px; }
KeyButton QLabel[is="key"]:disabled { color: #9aa3af; background: transparent; }
KeyButton[is="main"] QLabel, KeyButton[is="primary"] QLabel { color: $inkOnAccent; }
KeyButton[is="main"] QLabel { font-size: ${largeText}px; }
KeyButton[is="main"] QLabel[is="key"], KeyButton[is="primary"] QLabel[is="key"] { color: $accentDeep;
    background: $accentSoft; border-color: $accentSoft; }
KeyButton[is="main"] QLabel[is="key"] { font-size: ${text}px; padding: 2px 9px; }
KeyButton[is="main"] QLabel:disabled, KeyButton[is="primary"] QLabel:disabled { color: $quietInk; }
KeyButton[is="main"] QLabel[is="key"]:disabled, KeyButton[is="primary"] QLabel[is="key"]:disabled {
    background: $ground; color: $quietInk; border-color: $line; }

/* fields */
QLineEdit, QAbstractSpinBox, QComboBox { background: $surface; border: 1px solid $line; border-radius: ${radius}px;
    padding: 0 ${gap}px; min-height: 34px; max-height: 34px; selection-background-color: $accent;
    placeholder-text-color: $faint; }
QPlainTextEdit { background: $surface; border: 1px solid $line; border-radius: ${radius}px; padding: 2px;
    selection-background-color: $accent; placeholder-text-color: $faint; }
QScrollArea[is="form"], QWidget[is="form"] { background: $surface; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border: 2px solid $accent; }
QAbstractSpinBox { padding-right: 0; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 26px; border: none;
    border-left: 1px solid $line; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $ground; }
QAbstractSpinBox::up-arrow { image: url("$icons/up.svg"); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow, QComboBox::down-arrow { image: url("$icons/down.svg"); width: 12px; height: 12px; }
QComboBox { padding-right: 30px; combobox-popup: 0; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 30px; border: none; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line; selection-background-color: $accentSoft;
    selection-color: $ink; }
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator { width: 16px; height: 16px; background: $surface;
    border: 1px solid $quietInk; }
QCheckBox::indicator, QListView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: $accent; border-color: $accent;
    image: url("$icons/tick.svg"); }
QRadioButton::indicator:checked { width: 6px; height: 6px; background: $surface; border: 6px solid $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accentDeep; }
QLineEdit[is="entry"] { min-height: 40px; max-height: 40px; font-size: ${largeText}px; }
QCheckBox, QRadioButton { spacing: ${gap}px; min-height: 28px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }

/* tables, lists, tabs */
QTableView, QListView { background: $surface; border: none; outline: none; gridline-color: $line;
    selection-background-color: $accentSoft; selection-color: $ink; }
QTableView::item { border-bottom: 1px solid $line; padding: 0 ${gap}px; }
QTableView::item:selected, QListView::item:selected { background: $accentSoft; color: $ink; }
QListView::item { padding: ${gap}px; border-radius: ${half}px; }
QListView[is="ticks"] { border: 1px solid $line; border-radius: ${radius}px; }
QListView[is="ticks"]:focus { border: 2px solid $accent; }
QListView[is="ticks"]::item { padding: ${half}px ${gap}px; }
QTableView:focus, QListView:focus { border: none; }
Matrix::item { border: none; padding: 0; }
Matrix QHeaderView::section:horizontal { padding: ${half}px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 28px; min-width: 28px; margin: 1px; }
QScrollBar::handle:hover { background: $quietInk; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $quietInk; font-size: ${caption}px; font-weight: 600; border: none;
    border-bottom: 1px solid $line; padding: ${gap}px; padding-left: 11px; }
QHeaderView::section:hover { color: $ink; }
QTableCornerButton::section { background: $surface; border: none; border-bottom: 1px solid $line; }
QTabBar { background: transparent; }
QTabWidget::tab-bar { left: ${margin}px; }
QTabBar::tab { background: transparent; color: $quietInk; font-weight: 600;
    padding: ${gap}px ${tab}px; padding-top: ${margin}px; border-bottom: 3px solid transparent; }
QTabBar::tab:selected { color: $accent; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accentDeep; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
"""
