"""Whether this machine can show web pages: Qt WebEngine is large, and not every display has it."""

from __future__ import annotations

from importlib.util import find_spec

from PySide6.QtCore import QCoreApplication, Qt

SHARED = Qt.ApplicationAttribute.AA_ShareOpenGLContexts
"""What Qt WebEngine needs of the application; its own ``initialize`` does no more, and loads 24 MB for it."""


def prepare() -> None:
    """Let web pages be shown later; call it before the application is made."""
    if find_spec("PySide6.QtWebEngineQuick") and QCoreApplication.instance() is None:
        QCoreApplication.setAttribute(SHARED)


def are_possible() -> bool:
    """Whether ``prepare`` found Qt WebEngine."""
    return QCoreApplication.testAttribute(SHARED) and find_spec("PySide6.QtWebEngineQuick") is not None
