"""The hall's refusals in the language of the window."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QLocale

from shared.hall.errors import Failure

AMOUNTS = ("seconds", "least", "most")
"""Details that are numbers: written as the reader's language writes them."""


def refusal_text(failure: Failure) -> str:
    amounts = {name: _as_written(failure.about[name]) for name in AMOUNTS if name in failure.about}
    return failure.more(**amounts).filled(QCoreApplication.translate("Refusals", failure.sentence))


def _as_written(number: str) -> str:
    """``0.01`` as ``0,01`` in German; whole numbers stay as the hall writes them."""
    if not re.fullmatch(r"\d+\.\d+", number):
        return number
    return QLocale().toString(float(number), "f", len(number.partition(".")[2]))
