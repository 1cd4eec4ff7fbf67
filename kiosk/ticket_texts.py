"""The sentences around a customer's number: what to do next, and whether it is printed.

A ticket is ``pending`` while only this kiosk knows of it, and not yet the hall.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from kiosk.printer.printer import Printed
from shared.formats import clock, long_date
from shared.hall.field_types import Language
from shared.hall.hall import Hall


def advice(*, pending: bool) -> str:
    if pending:
        return QCoreApplication.translate(
            "words", "There is no connection right now. Your number is valid: please watch the screen."
        )
    return QCoreApplication.translate("words", "Please take a seat. Watch the screen for your number.")


def paper_advice(*, pending: bool) -> str:
    if pending:
        return QCoreApplication.translate(
            "words", "Issued without a connection. Your number is valid: please watch the screen."
        )
    return QCoreApplication.translate("words", "Please watch the screen for your number.")


def paper_time(language: Language, issued: datetime, hall: Hall) -> str:
    """When the ticket was issued; ``issued`` is in the hall's time zone."""
    return f"{long_date(language, issued.date())} · {clock(issued, hall)}"


def follow(*, pending: bool) -> str:
    """What the QR code is for."""
    if pending:
        return QCoreApplication.translate(
            "words", "Once the connection is back: follow your place in the queue on your phone"
        )
    return QCoreApplication.translate("words", "Follow your place in the queue on your phone")


def print_sentence(printed: Printed | None, *, printing: bool) -> str:
    """Whether the ticket is on paper; ``printed`` is None if no printer was asked."""
    if printing:
        return QCoreApplication.translate("words", "Your ticket is being printed")
    match printed:
        case Printed.YES:
            return QCoreApplication.translate("words", "Printed: please take your ticket")
        case Printed.PERHAPS:
            return QCoreApplication.translate("words", "If no ticket comes out: remember or photograph your number")
        case Printed.NO_PAPER:
            return QCoreApplication.translate("words", "The printer has no paper: remember or photograph your number")
        case Printed.NOT_READY:
            return QCoreApplication.translate("words", "The printer is not ready: remember or photograph your number")
        case Printed.NO_ANSWER:
            return QCoreApplication.translate(
                "words", "The printer does not answer: remember or photograph your number"
            )
        case None:
            return QCoreApplication.translate("words", "Remember or photograph your number")
