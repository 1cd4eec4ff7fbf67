"""The commands about who works here and what stands here: ``nowserving staff`` and ``nowserving device``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.access.devices import ConfirmPairing, RevokeDevice
from shared.access.request import Request
from shared.access.staff import AddPerson, ChangeRole, RemovePerson, ResetPassword
from shared.cli.audit_and_personal_data import TERMINAL, Add
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Unfit
from shared.hall.field_types import HallId
from shared.hall.roles import DEVICE_ROLES, STAFF_ROLES, Role
from shared.settings import Settings, as_text

GIVEN = "NOWSERVING_PASSWORD"
"""Where the password of whoever this is about may be found."""

STAFF, DEVICES = ([role.value for role in roles] for roles in (STAFF_ROLES, DEVICE_ROLES))
"""As they are typed."""


def add_commands(commands: Any, add: Add) -> None:
    _add_staff(commands, add)
    _add_device(commands, add)


def new_password(variable: str, login: str) -> str:
    """A good password for this login, from the environment or typed twice; never from an argument, which others could
    read. Raises Unfit or Invalid."""
    from shared.backend.access.passwords import require_good  # noqa: PLC0415  # a station has no backend installed

    password = as_text(os.environ.get(variable, ""), variable) or _typed(variable, login)
    require_good(password, login)
    return password


def _add_staff(commands: Any, command: Add) -> None:
    actions = commands.add_parser("staff", help="the people who work here").add_subparsers(required=True)
    add = command(actions, "add", _add_person, "add a person")
    add.add_argument("login")
    add.add_argument("--role", required=True, choices=STAFF)
    add.add_argument("--hall", metavar="ID", help="the one hall they work in (default: every hall)")
    add.epilog = "The password comes from NOWSERVING_PASSWORD or is asked for."
    command(actions, "list", _list_staff, "list the people")
    reset = command(actions, "reset", _reset_person, "give somebody a first password, which they must change")
    reset.add_argument("login")
    reset.epilog = "The password comes from NOWSERVING_PASSWORD; without it one is made, and printed once."
    role = command(actions, "role", _change_role, "change what somebody may do, from their next command on")
    role.add_argument("login")
    role.add_argument("role", choices=STAFF)
    remove = command(actions, "remove", _remove_person, "somebody does not work here any more: end what they have open")
    remove.add_argument("login")


def _add_device(commands: Any, command: Add) -> None:
    actions = commands.add_parser("device", help="kiosks, displays, signs, consoles").add_subparsers(required=True)
    add = command(actions, "add", _add_device_now, "add a device and print its token, once")
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=DEVICES)
    add.add_argument("--hall", metavar="ID", help="the hall it stands in (default: the only one)")
    confirm = command(actions, "confirm", _confirm_device, "let the device in that shows this code")
    confirm.add_argument("code")
    confirm.add_argument("--name", required=True, help="what it is called here: “Kiosk at the door”")
    confirm.add_argument("--hall", metavar="ID", help="the hall it belongs to (default: the only one)")
    revoke = command(actions, "revoke", _revoke_device, "take a device out of service; it stops within seconds")
    revoke.add_argument("name")
    revoke.add_argument("--hall", metavar="ID", help="the hall it belongs to (default: the only one)")
    about = "list the devices: name, role, hall, when last seen, version, series, paper, troubles"
    command(actions, "list", _list_devices, about)


def _add_person(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls, _told(halls, AddPerson, asked.hall, asked.login):
        halls.must_exist(asked.hall)
        halls.accounts.people.require_free(asked.login)
        password = new_password(GIVEN, asked.login)
        halls.add_person(asked.login, password, Role(asked.role), asked.hall)
        print(f"{asked.login} may sign in as {asked.role}.")
    return 0


def _list_staff(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls:
        for person in halls.accounts.people.all():
            print(f"{person.login:24} {person.role:14} {person.hall or 'every hall'}")
    return 0


def _reset_person(asked: argparse.Namespace, chosen: Settings) -> int:
    given = as_text(os.environ.get(GIVEN, ""), GIVEN)
    with _done_to(ResetPassword, asked.login, chosen) as (halls, person):
        password = halls.reset_password(person.login, given)
    if not given:
        print(f"The first password of {asked.login}, shown only now:")
        print(password)
    return 0


def _change_role(asked: argparse.Namespace, chosen: Settings) -> int:
    with _done_to(ChangeRole, asked.login, chosen) as (halls, person):
        halls.accounts.people.change_role(person.id, Role(asked.role))
    print(f"{asked.login} is {asked.role} now.")
    return 0


def _remove_person(asked: argparse.Namespace, chosen: Settings) -> int:
    with _done_to(RemovePerson, asked.login, chosen) as (halls, person):
        halls.accounts.people.remove(person.id)
    print(f"{asked.login} can't sign in any more.")
    return 0


def _add_device_now(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls:
        hall = halls.the_one(asked.hall)
        with _told(halls, ConfirmPairing, hall, asked.name):
            token = halls.accounts.add_device(asked.name, Role(asked.role), hall)
        print("The token of this device, shown only now; set it there as NOWSERVING_TOKEN:")
        print(token)
    return 0


def _list_devices(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls:
        for device in halls.accounts.devices():
            seen = f"{device.seen_at:{TO_THE_MINUTE}} UTC" if device.seen_at else "never seen"
            unprinted = f"{device.unprinted} may not be printed" if device.unprinted else ""
            troubles = (f"{one.kind}: {one.what} ({one.at:{TO_THE_MINUTE}} UTC)" for one in device.troubles)
            told = ", ".join(filter(None, [unprinted, *troubles]))
            state = f"{seen:20} {device.version:8} {device.series:4} {device.paper:8} {told}".rstrip()
            print(f"{device.name:24} {device.role:14} {device.hall:24} {state}")
    return 0


def _confirm_device(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls:
        hall = halls.the_one(asked.hall)
        with _told(halls, ConfirmPairing, hall, asked.name):
            device = halls.pairing.confirm(hall, asked.code, asked.name, "the command line")
        print(f"{device.name} is a {device.role} of {device.hall} now.")
    return 0


def _revoke_device(asked: argparse.Namespace, chosen: Settings) -> int:
    with _opened(chosen.database) as halls:
        hall = halls.the_one(asked.hall)
        device = next((one for one in halls.accounts.devices(hall) if one.name == asked.name), None)
        if device is None:
            raise Unfit(f"There is no device {asked.name!r} in {hall}: see `nowserving device list`.")
        with _told(halls, RevokeDevice, hall, device.name):
            halls.pairing.revoke(hall, device.id)
        print(f"{device.name} is out of service.")
    return 0


# ── with what ──


@contextmanager
def _opened(database: str) -> Iterator[Any]:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(database) as halls:
        yield halls


@contextmanager
def _done_to(act: type[Request[Any]], login: str, chosen: Settings) -> Iterator[tuple[Any, Any]]:
    """The halls, and the person this is about; raises UnknownPerson, which is in the audit too."""
    with _opened(chosen.database) as halls:
        with halls.ledger.audit_writer.refusals(act.type_name(), by=TERMINAL):
            person = halls.accounts.people.named(login)
        with _told(halls, act, person.hall, person.login):
            yield halls, person


@contextmanager
def _told(halls: Any, act: type[Request[Any]], hall: HallId | None, about: str) -> Iterator[None]:
    """Leave the line in the audit that the same leaves when it is asked for in a window."""
    with halls.ledger.audit_writer.refusals(act.type_name(), by=TERMINAL):
        yield
    halls.ledger.audit_writer.write_down(act.type_name(), by=TERMINAL, hall=hall, about=about)


def _typed(variable: str, login: str) -> str:
    if not sys.stdin.isatty():
        raise Unfit(f"A password is needed: set {variable}, or run this in a terminal.")
    try:
        password = getpass.getpass(f"Password for {login}: ")
        if getpass.getpass("The same again: ") != password:
            raise Unfit("The two passwords differ, and nothing was changed: try again.")
    except UnicodeError:
        raise Unfit(f"This terminal has no code for what was typed: set {variable} instead.") from None
    return password
