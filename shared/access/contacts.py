"""How a customer can be reached, for one visit: kept apart from the hall, and gone when the visit is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from shared.access.request import Done, Request
from shared.hall.field_limits import PERSON_NAME, PHONE
from shared.hall.field_types import TicketId
from shared.hall.roles import ADMINISTRATORS, STAFF


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What a customer said about themselves; empty where they said nothing."""

    name: Annotated[str, PERSON_NAME] = ""
    phone: Annotated[str, PHONE] = ""


@dataclass(frozen=True, kw_only=True)
class KeepContact(Request[Done]):
    """Write down how the customer of a ticket can be reached; two empty texts forget it."""

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
    """All that is kept about one ticket, for the customer who asks: a JSON text people can read."""

    ticket: TicketId
    written_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class ExportTicket(Request[PersonalData]):
    """Everything kept about the customer of a ticket (GDPR, article 15)."""

    ANSWER = PersonalData
    ALLOWED = ADMINISTRATORS

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class EraseTicket(Request[Done]):
    """Forget whatever was said about a ticket's customer (GDPR, article 17); its times stay in the statistics."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    ticket: TicketId


REQUESTS: tuple[type[Request[Any]], ...] = (KeepContact, ReadContact, ExportTicket, EraseTicket)
