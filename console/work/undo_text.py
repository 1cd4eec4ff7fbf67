"""What would be taken back, in words: ``Undo: A011 finished · A012 called``."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.actions import Action
from console.sentences import action_text
from shared.hall.values import Last, Ticket, TicketState


def undo_text(last: Last | None) -> str:
    """The words of the button; without what was done if that is not known."""
    done = " · ".join(filter(None, _phrases(last))) if last else ""
    return QCoreApplication.translate("Console", "Undo: {0}").format(done) if done else action_text(Action.UNDO)


def _phrases(last: Last) -> list[str]:
    if not last.after:
        return [_of_the_point(last.what)]
    *before, latest = last.after
    return [*(_became(ticket) for ticket in before), _of_ticket(last.what).format(latest.label)]


def _of_the_point(what: str) -> str:
    return {
        "point-activated": QCoreApplication.translate("Console", "point opened"),
        "point-paused": QCoreApplication.translate("Console", "point paused"),
        "point-resumed": QCoreApplication.translate("Console", "pause ended"),
        "point-deactivated": QCoreApplication.translate("Console", "point closed"),
    }.get(what, "")


def _of_ticket(what: str) -> str:
    return {
        "ticket-called": QCoreApplication.translate("Console", "{0} called"),
        "ticket-recalled": QCoreApplication.translate("Console", "{0} called again"),
        "service-started": QCoreApplication.translate("Console", "{0} started"),
        "ticket-served": QCoreApplication.translate("Console", "{0} finished"),
        "ticket-moved-on": QCoreApplication.translate("Console", "{0} finished"),
        "ticket-no-show": QCoreApplication.translate("Console", "{0} did not come"),
        "ticket-returned": QCoreApplication.translate("Console", "{0} sent back to wait"),
        "ticket-transferred": QCoreApplication.translate("Console", "{0} transferred"),
        "ticket-parked": QCoreApplication.translate("Console", "{0} parked"),
        "ticket-resumed": QCoreApplication.translate("Console", "{0} waits again"),
        "ticket-reinstated": QCoreApplication.translate("Console", "{0} reinstated"),
    }.get(what, "")


def _became(ticket: Ticket) -> str:
    """What became of somebody before the next one was called, with the same press."""
    what = {
        TicketState.SERVED: "ticket-served",
        TicketState.NO_SHOW: "ticket-no-show",
        TicketState.PARKED: "ticket-parked",
        TicketState.WAITING: "ticket-resumed",
    }
    return _of_ticket(what.get(ticket.state, "")).format(ticket.label)
