"""The commands ``nowserving audit`` and ``nowserving personal``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared import durable_files, spreadsheet
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Unfit
from shared.hall.roles import Actor, Role
from shared.hall.time_zones import zone as zone_of
from shared.requests.audit import COLUMNS, Act, ReadAudit, columns
from shared.requests.contacts import EraseTicket, ExportTicket
from shared.settings import Settings, as_path

TERMINAL = Actor(name="terminal", role=Role.ADMINISTRATOR)
"""The person at the machine with the database, as the audit names them."""

AddCommand = Callable[[Any, str, Callable[[argparse.Namespace, Settings], int], str], argparse.ArgumentParser]
"""Adds a command with the options every command has."""


def described(summary: str) -> dict[str, str]:
    """What the help says of a command: in the list of all, and in its own."""
    return {"help": summary, "description": f"{summary[0].upper()}{summary[1:]}."}


def add_commands(commands: Any, add: AddCommand) -> None:
    audit = add(commands, "audit", _audit, "list who did what and what was refused, newest first")
    audit.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    audit.add_argument("--since", metavar="TIME", help="from this date, or time like 2026-03-02T09:00, at the hall")
    audit.add_argument("--until", metavar="TIME", help="up to this date or time, which is left out")
    audit.add_argument("--who", metavar="NAME", default="", help="part of a login, device name or address")
    audit.add_argument("--what", metavar="ACT", default="", help="the name of an action, such as call-next or sign-in")
    audit.add_argument("--refused", action="store_true", help="only what was refused")
    audit.add_argument("--export", metavar="FILE", type=as_path, help="write the list to a .csv or .xlsx file")
    summary = "export or erase the personal data kept about the customer of one ticket"
    actions = commands.add_parser("personal", **described(summary))
    actions = actions.add_subparsers(required=True)
    export = add(actions, "export", _export, "export all of it as readable text")
    export.add_argument("--output", metavar="FILE", type=as_path, help="the file to write (default: print it)")
    erase = add(actions, "erase", _erase, "erase the contact details and the notes for good")
    for action in (export, erase):
        action.add_argument("ticket", metavar="LABEL-or-ID", help="for a label, the last ticket that had it")
        action.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")


def _audit(args: argparse.Namespace, config: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(config.database) as admin:
        hall = admin.named_or_only_hall(args.hall)
        zone = zone_of(admin.ledger.hall(hall).settings.time_zone)
        wanted = ReadAudit(
            since=_time(args.since, zone),
            until=_time(args.until, zone),
            actor=args.who,
            act=args.what,
            refused=args.refused,
            limit=1000,  # lines of one page
        )
        acts = _pages(_handlers(admin), hall, wanted)
        if args.export is None:
            for act in acts:
                print("  ".join(filter(None, columns(act, zone))))
            return 0
        lines = [columns(act, zone) for act in acts]
    spreadsheet.write(args.export, COLUMNS, lines)
    print(f"{len(lines)} lines are in {args.export}.")
    return 0


def _pages(handlers: Any, hall: str, wanted: ReadAudit) -> Iterator[Act]:
    """The matching lines of every page."""
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
        raise Unfit(f"{text!r} is not a time: write one like 2026-03-02 or 2026-03-02T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _export(args: argparse.Namespace, config: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(config.database) as admin:
        hall, ticket, label = _found(admin, args)
        text = _handlers(admin).answer(hall, ExportTicket(ticket=ticket), TERMINAL).text
    if args.output is None:
        sys.stdout.buffer.write(text.encode())  # always UTF-8, as the file would be
        return 0
    durable_files.write_text(args.output, text)
    print(f"What is kept about {label} is in {args.output}.")
    return 0


def _erase(args: argparse.Namespace, config: Settings) -> int:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(config.database) as admin:
        hall, ticket, label = _found(admin, args)
        _handlers(admin).answer(hall, EraseTicket(ticket=ticket), TERMINAL)
    print(f"The contact details and the notes of {label} are erased.")
    return 0


def _found(admin: Any, args: argparse.Namespace) -> tuple[str, str, str]:
    """The hall's and the ticket's ids, and the label and time a person knows; raises UnknownHall or UnknownTicket."""
    from shared.backend.request_handlers import personal_data  # noqa: PLC0415  # a station has no backend installed

    hall = admin.named_or_only_hall(args.hall)
    with admin.database.reading() as connection:
        ticket, label, issued = personal_data.find(connection, hall, args.ticket)
    at = issued.astimezone(zone_of(admin.ledger.hall(hall).settings.time_zone))
    return hall, ticket, f"{label} of {at:{TO_THE_MINUTE}}"


def _handlers(admin: Any) -> Any:
    from shared.backend.request_handlers.dispatch import RequestHandlers  # noqa: PLC0415  # a station has no backend installed

    return RequestHandlers(admin.ledger, admin.accounts)
