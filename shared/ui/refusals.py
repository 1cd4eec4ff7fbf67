"""The hall's refusals in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from shared.hall.errors import Failure


def refusal_text(failure: Failure) -> str:
    return failure.filled(QCoreApplication.translate("Refusals", failure.sentence))
