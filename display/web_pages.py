"""Whether this machine can show web pages: Qt WebEngine is large, and not every display has it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication


def prepare() -> None:
    """Let web pages be shown later; call it before the application is made, for Qt asks for that."""
    if find_spec("PySide6.QtWebEngineQuick") and QApplication.instance() is None:
        from PySide6.QtWebEngineQuick import QtWebEngineQuick  # noqa: PLC0415  # not on every machine

        QtWebEngineQuick.initialize()


@cache
def are_possible() -> bool:
    """Whether ``prepare`` found Qt WebEngine."""
    shares = QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return shares and find_spec("PySide6.QtWebEngineQuick") is not None
