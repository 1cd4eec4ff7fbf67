"""Dispatches a request of ``shared.requests`` to its handler: permission, checks, answer, and an audit entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from shared.backend.halls import audit_lines, journal
from shared.backend.request_handlers import audit_pages, contacts, devices, media, personal_data, specialists, staff
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.errors import Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.input_checks import check_input
from shared.hall.roles import Actor
from shared.requests.audit import DONE
from shared.requests.request import Request, require_permission

A = TypeVar("A")

About: TypeAlias = tuple[TicketId | None, str]
"""The ticket a request is about, and the name it is audited under: a label, a login, a device's name."""


class RequestHandlers(RequestContext):
    def answer(self, hall: HallId, request: Request[A], by: Actor) -> A:
        """Handle a request about a hall; raises Refused or Unreachable."""
        about: About = None, ""
        try:
            require_permission(request, by, hall)
            check_input(request)
            about = self._subject(request, hall)
            answer = cast("A", HANDLERS[type(request)](self, hall, request, by))
        except Refused as refused:
            self._audit(request, refused.type_name(), hall, by, about)
            raise
        if audit_lines.is_audited(request, answer):
            ticket, name = about
            self._audit(request, DONE, hall, by, (ticket, audit_lines.subject_after(name, answer)))
        return answer

    def _subject(self, request: Request[Any], hall: HallId) -> About:
        """What the request is about; raises UnknownHall."""
        with self.ledger.database.reading() as connection:
            journal.last_seq(connection, hall)
            return audit_lines.subject(connection, request, hall)

    def _audit(self, request: Request[Any], outcome: str, hall: HallId, by: Actor, about: About) -> None:
        ticket, name = about
        self.ledger.audit_writer.queue_entry(request.type_name(), outcome, by=by, hall=hall, ticket=ticket, about=name)


HANDLERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    **staff.HANDLERS,
    **devices.HANDLERS,
    **audit_pages.HANDLERS,
    **contacts.HANDLERS,
    **personal_data.HANDLERS,
    **specialists.HANDLERS,
    **media.HANDLERS,
}
