"""Requests about a customer's contact data, which is kept apart from the hall and erased when the visit is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from shared.hall.field_limits import PERSON_NAME, PHONE
from shared.hall.field_types import TicketId
from shared.hall.roles import ADMINISTRATORS, STAFF
from shared.requests.request import Done, Request


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A customer's name and phone number; empty if not given."""

    name: Annotated[str, PERSON_NAME] = ""
    phone: Annotated[str, PHONE] = ""


@dataclass(frozen=True, kw_only=True)
class KeepContact(Request[Done]):
    """Store how the customer of a ticket can be reached; an empty contact erases it."""

    ANSWER = Done
    ALLOWED = STAFF

    ticket: TicketId
    contact: Contact


@dataclass(frozen=True, kw_only=True)
class ReadContact(Request[Contact]):
    ANSWER = Contact
    ALLOWED = STAFF

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """All that is stored about one ticket, for the customer who asks: a JSON text people can read."""

    ticket: TicketId
    written_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class ExportTicket(Request[PersonalData]):
    """Everything stored about the customer of a ticket (GDPR, article 15)."""

    ANSWER = PersonalData
    ALLOWED = ADMINISTRATORS

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class EraseTicket(Request[Done]):
    """Erase the contact and notes of a ticket's customer (GDPR, article 17); its times stay in the statistics."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    ticket: TicketId


REQUESTS: tuple[type[Request[Any]], ...] = (KeepContact, ReadContact, ExportTicket, EraseTicket)
