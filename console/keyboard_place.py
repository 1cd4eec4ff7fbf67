"""Where the keyboard is stays there: Qt takes it to another part of the window when a field is disabled or hidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QAbstractButton, QWidget

LENT = "lent"
"""The property of a disabled field that had the keyboard."""


def _focused(widget: QWidget) -> QWidget | None:
    """What has the keyboard in its window, or will have it once that is in front."""
    return widget.window().focusWidget()


def _has_keyboard(widget: QWidget) -> bool:
    focused = _focused(widget)
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def enable(widget: QWidget, *, on: bool) -> None:
    """Enable or disable; the keyboard waits around a field that is disabled, and is back in it once it is enabled."""
    around = widget.parentWidget()
    if around and not on and widget.isEnabled() and _has_keyboard(widget):
        around.setFocus()
        widget.setProperty(LENT, True)
    widget.setEnabled(on)
    if on and widget.property(LENT):
        widget.setProperty(LENT, False)
        if _focused(widget) is around:
            widget.setFocus()


def reveal(widget: QWidget, *, on: bool) -> None:
    """Show or hide; the keyboard stays around what is hidden."""
    if not on and _has_keyboard(widget) and (around := widget.parentWidget()):
        around.setFocus()
    widget.setVisible(on)


@contextmanager
def keyboard_kept(page: QWidget) -> Iterator[None]:
    """Whatever is filled or made anew inside: the same field has the keyboard, or ``page`` if that is gone."""
    field = _focused(page)
    if field is None or not page.isAncestorOf(field):
        yield
        return
    before = _alike(page, field)
    place = before.index(field) if field in before else 0
    page.setFocus()
    yield
    if _focused(page) is page:
        now = _alike(page, field)
        if field.isVisible():
            field.setFocus()
        elif now:
            now[min(place, len(now) - 1)].setFocus()


def _alike(page: QWidget, field: QWidget) -> list[QWidget]:
    """The fields in sight that are called like this one."""
    name = _name(field)
    return [one for one in page.findChildren(type(field)) if one.isVisible() and _name(one) == name]


def _name(field: QWidget) -> str:
    return field.accessibleName() or (field.text() if isinstance(field, QAbstractButton) else "")
