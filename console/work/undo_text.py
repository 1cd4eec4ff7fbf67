"""The text of the undo button: ``Undo: A011 finished · A012 called``."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.actions import Action
from console.sentences import action_text
from shared.hall.values import Last, Ticket, TicketState


def undo_text(last: Last | None) -> str:
    """The text of the undo button; ``Undo`` alone if the last action is not known."""
    done = " · ".join(filter(None, _phrases(last))) if last else ""
    return QCoreApplication.translate("Console", "Undo: {0}").format(done) if done else action_text(Action.UNDO)


def _phrases(last: Last) -> list[str]:
    if not last.after:
        return [_point_phrase(last.what)]
    *before, latest = last.after
    return [*(_earlier_phrase(ticket) for ticket in before), _ticket_phrase(last.what).format(latest.label)]


def _point_phrase(event_name: str) -> str:
    return {
        "point-activated": QCoreApplication.translate("Console", "point opened"),
        "point-paused": QCoreApplication.translate("Console", "point paused"),
        "point-resumed": QCoreApplication.translate("Console", "pause ended"),
        "point-deactivated": QCoreApplication.translate("Console", "point closed"),
    }.get(event_name, "")


def _ticket_phrase(event_name: str) -> str:
    return {
        "ticket-called": QCoreApplication.translate("Console", "{0} called"),
        "ticket-recalled": QCoreApplication.translate("Console", "{0} called again"),
        "service-started": QCoreApplication.translate("Console", "{0} started"),
        "ticket-served": QCoreApplication.translate("Console", "{0} finished"),
        "ticket-moved-on": QCoreApplication.translate("Console", "{0} finished"),
        "ticket-no-show": QCoreApplication.translate("Console", "{0} did not come"),
        "ticket-returned": QCoreApplication.translate("Console", "{0} returned to the queue"),
        "ticket-transferred": QCoreApplication.translate("Console", "{0} transferred"),
        "ticket-parked": QCoreApplication.translate("Console", "{0} parked"),
        "ticket-resumed": QCoreApplication.translate("Console", "{0} waits again"),
        "ticket-reinstated": QCoreApplication.translate("Console", "{0} reinstated"),
    }.get(event_name, "")


def _earlier_phrase(ticket: Ticket) -> str:
    """What the same press did with an earlier ticket, before it called the next."""
    event_names = {
        TicketState.SERVED: "ticket-served",
        TicketState.NO_SHOW: "ticket-no-show",
        TicketState.PARKED: "ticket-parked",
        TicketState.WAITING: "ticket-resumed",
    }
    return _ticket_phrase(event_names.get(ticket.state, "")).format(ticket.label)
