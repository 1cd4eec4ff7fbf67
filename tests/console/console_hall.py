"""A clinic as a test needs it: its settings changed, its tickets by their numbers, and what a console has sent."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from shared.hall.messages import Command
from shared.hall.set_up import DefineHall, DefineService
from shared.hall.values import Service, Ticket
from tests.memory_link import MemoryLink


def decide_on(link: MemoryLink, **settings: Any) -> None:
    """An administrator changes these settings of the hall and no other."""
    now = {field.name: getattr(link.hall.settings, field.name) for field in fields(link.hall.settings)}
    link.do(DefineHall(**{**now, **settings}))


def define(service: Service) -> DefineService:
    """The command that sets up this service."""
    return DefineService(**{field.name: getattr(service, field.name) for field in fields(service)})


def ticket(link: MemoryLink, label: str) -> Ticket:
    """The ticket of this number, as the hall has it now."""
    return next(one for one in (*link.hall.tickets.values(), *link.hall.ended) if one.label == label)


def last_command(link: MemoryLink) -> Command:
    """The command the hall was sent last."""
    return list(link.answers.values())[-1][0]
