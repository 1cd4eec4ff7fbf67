"""Whether this machine can show web pages: Qt WebEngine is large, and not every display has it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from PySide6.QtCore import QCoreApplication

MODULE = "PySide6.QtWebEngineQuick"


def prepare() -> None:
    """Let web pages be shown later; call it before the application is made, for Qt asks for that."""
    if find_spec(MODULE) and QCoreApplication.instance() is None:
        from PySide6.QtWebEngineQuick import QtWebEngineQuick  # noqa: PLC0415  # not on every machine

        QtWebEngineQuick.initialize()


def are_possible() -> bool:
    """Whether ``prepare`` found Qt WebEngine."""
    return MODULE in sys.modules
