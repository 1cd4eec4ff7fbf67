"""The desk beside the hall: answers what ``shared.access`` asks about who may come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from shared.access.audit import DONE
from shared.access.request import Request, permit
from shared.backend.halls import audit_lines, journal
from shared.backend.request_handlers import audit_pages, contacts, devices, personal_data, specialists, staff
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.errors import Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.input_checks import readable
from shared.hall.roles import Actor

A = TypeVar("A")

About: TypeAlias = tuple[TicketId | None, str]
"""The ticket a request is about, and what it is called: a label, a login, a device's name."""


class RequestHandlers(RequestContext):
    """One database's people and devices, asked on behalf of somebody about one hall."""

    def answer(self, hall: HallId, request: Request[A], by: Actor) -> A:
        """What is so, or what was wished and is so now; raises Refused or Unreachable."""
        about: About = None, ""
        try:
            permit(request, by, hall)
            readable(request)
            about = self._named(request, hall)
            answer = cast("A", ANSWERS[type(request)](self, hall, request, by))
        except Refused as refused:
            self._write_down(request, refused.type_name(), hall, by, about)
            raise
        if audit_lines.is_told(request, answer):
            ticket, name = about
            self._write_down(request, DONE, hall, by, (ticket, audit_lines.named_since(name, answer)))
        return answer

    def _named(self, request: Request[Any], hall: HallId) -> About:
        """What it is about; raises UnknownHall."""
        with self.ledger.database.reading() as connection:
            journal.last_seq(connection, hall)
            return audit_lines.named(connection, request, hall)

    def _write_down(self, request: Request[Any], outcome: str, hall: HallId, by: Actor, about: About) -> None:
        ticket, name = about
        self.ledger.audit_writer.write_down(request.type_name(), outcome, by=by, hall=hall, ticket=ticket, about=name)


ANSWERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    **staff.ANSWERS,
    **devices.ANSWERS,
    **audit_pages.ANSWERS,
    **contacts.ANSWERS,
    **personal_data.ANSWERS,
    **specialists.ANSWERS,
}
