"""Why the hall says no, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from shared.hall.errors import Failure


def why_not(failure: Failure) -> str:
    """Why something could not be, in the language of the window."""
    return failure.filled(QCoreApplication.translate("Refusals", failure.sentence))
