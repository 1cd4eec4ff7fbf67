"""What a customer is told beside their number: what to do next, and what became of the paper.

A ticket is ``pending`` while only this kiosk knows of it, and not yet the hall.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from kiosk.printer.printer import Printed


def advice(*, pending: bool) -> str:
    if pending:
        return QCoreApplication.translate(
            "words", "We can't reach the hall right now. Your number is valid; watch the screen."
        )
    return QCoreApplication.translate("words", "Please take a seat. Watch the screen for your number.")


def on_paper(*, pending: bool) -> str:
    if pending:
        return QCoreApplication.translate(
            "words", "Given while the hall could not be reached. Your number is valid: please watch the screen."
        )
    return QCoreApplication.translate("words", "Please watch the screen for your number.")


def follow(*, pending: bool) -> str:
    """What the code for phones is for."""
    if pending:
        return QCoreApplication.translate(
            "words", "Once the hall is back: follow your place in the queue on your phone"
        )
    return QCoreApplication.translate("words", "Follow your place in the queue on your phone")


def printed(became: Printed | None, *, under_way: bool) -> str:
    """What became of the ticket on its way to paper; None without a printer."""
    if under_way:
        return QCoreApplication.translate("words", "Your ticket is being printed")
    match became:
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
