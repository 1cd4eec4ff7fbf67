"""The commands about what is kept of people's doings: ``nowserving audit`` and ``nowserving personal``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared import durable_files
from shared.access import spreadsheet
from shared.access.audit import COLUMNS, Act, ReadAudit, columns
from shared.access.contacts import EraseTicket, ExportTicket
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Unfit
from shared.hall.roles import Actor, Role
from shared.hall.time_zones import zone as zone_of
from shared.settings import Settings, as_path

TERMINAL = Actor(name="terminal", role=Role.ADMINISTRATOR)
"""Whoever sits before the machine with the database."""

Add = Callable[[Any, str, Callable[[argparse.Namespace, Settings], int], str], argparse.ArgumentParser]
"""Makes a command with what every command has."""


def add_commands(commands: Any, add: Add) -> None:
    audit = add(commands, "audit", _audit, "who did what and who was refused, the newest first")
    audit.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    audit.add_argument("--since", metavar="TIME", help="a date, or a time like 2026-03-02T09:00, on the hall's clock")
    audit.add_argument("--until", metavar="TIME", help="the same; what happened then is left out")
    audit.add_argument("--who", metavar="NAME", default="", help="part of a login, a device's name or an address")
    audit.add_argument("--what", metavar="ACT", default="", help="a command or request, or sign-in")
    audit.add_argument("--refused", action="store_true", help="only what was refused")
    audit.add_argument("--export", metavar="FILE", type=as_path, help="write it to a .csv or .xlsx file")
    about = "what is kept about the customer of one ticket"
    actions = commands.add_parser("personal", help=about, description=f"{about}.".capitalize())
    actions = actions.add_subparsers(required=True)
    out = add(actions, "export", _export, "all of it, as a text people can read")
    out.add_argument("--output", metavar="FILE", type=as_path, help="where to (default: print it)")
    gone = add(actions, "erase", _erase, "forget the contact and the notes for good")
    for action in (out, gone):
        action.add_argument("ticket", metavar="LABEL-or-ID", help="a label means the last ticket that had it")
        action.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")


def _audit(asked: argparse.Namespace, chosen: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(chosen.database) as halls:
        hall = halls.the_one(asked.hall)
        zone = zone_of(halls.ledger.hall(hall).settings.time_zone)
        wanted = ReadAudit(
            since=_time(asked.since, zone),
            until=_time(asked.until, zone),
            actor=asked.who,
            act=asked.what,
            refused=asked.refused,
            limit=1000,
        )
        acts = _pages(_desk(halls), hall, wanted)
        if asked.export is None:
            for act in acts:
                print("  ".join(filter(None, columns(act, zone))))
            return 0
        lines = [columns(act, zone) for act in acts]
    spreadsheet.write(asked.export, COLUMNS, lines)
    print(f"{len(lines)} lines are in {asked.export}.")
    return 0


def _pages(handlers: Any, hall: str, wanted: ReadAudit) -> Iterator[Act]:
    """Everything that fits, page after page."""
    while True:
        page = handlers.answer(hall, wanted, TERMINAL)
        yield from page.acts
        if not page.older:
            return
        wanted = replace(wanted, before=page.older)


def _time(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(f"{text!r} is no time: write one like 2026-03-02 or 2026-03-02T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _export(asked: argparse.Namespace, chosen: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(chosen.database) as halls:
        hall, ticket, label = _found(halls, asked)
        text = _desk(halls).answer(hall, ExportTicket(ticket=ticket), TERMINAL).text
    if asked.output is None:
        sys.stdout.buffer.write(text.encode())  # UTF-8 wherever it goes, as the file would be
        return 0
    durable_files.write_text(asked.output, text)
    print(f"What is kept about {label} is in {asked.output}.")
    return 0


def _erase(asked: argparse.Namespace, chosen: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(chosen.database) as halls:
        hall, ticket, label = _found(halls, asked)
        _desk(halls).answer(hall, EraseTicket(ticket=ticket), TERMINAL)
    print(f"The contact and the notes of {label} are forgotten.")
    return 0


def _found(halls: Any, asked: argparse.Namespace) -> tuple[str, str, str]:
    """The hall, the ticket, and the ticket as a person knows it; raises UnknownHall or UnknownTicket."""
    from shared.backend.request_handlers import personal_data  # noqa: PLC0415  # a station has no backend installed

    hall = halls.the_one(asked.hall)
    with halls.database.reading() as connection:
        ticket, label, issued = personal_data.find(connection, hall, asked.ticket)
    at = issued.astimezone(zone_of(halls.ledger.hall(hall).settings.time_zone))
    return hall, ticket, f"{label} of {at:{TO_THE_MINUTE}}"


def _desk(halls: Any) -> Any:
    from shared.backend.request_handlers.dispatch import RequestHandlers  # noqa: PLC0415  # a station has no backend installed

    return RequestHandlers(halls.ledger, halls.accounts)
