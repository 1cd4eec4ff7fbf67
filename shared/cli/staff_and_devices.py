"""The commands ``nowserving staff`` and ``nowserving device``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.cli.audit_and_personal_data import TERMINAL, AddCommand, described
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Unfit
from shared.hall.field_types import HallId
from shared.hall.roles import DEVICE_ROLES, STAFF_ROLES, Role
from shared.requests.devices import ConfirmPairing, RevokeDevice
from shared.requests.request import Request
from shared.requests.staff import AddPerson, ChangeRole, RemovePerson, ResetPassword
from shared.settings import Settings, as_text

VARIABLE = "NOWSERVING_PASSWORD"
"""The environment variable with the password of the person a command is about."""

STAFF_CHOICES, DEVICE_CHOICES = ([role.value for role in roles] for roles in (STAFF_ROLES, DEVICE_ROLES))
"""The roles, as they are typed."""


def add_commands(commands: Any, add: AddCommand) -> None:
    _add_staff(commands, add)
    _add_device(commands, add)


def new_password(variable: str, login: str) -> str:
    """A good password for this login, from the environment or typed twice; never from an argument, which others could
    read. Raises Unfit if there is none, Invalid if it is not good."""
    from shared.backend.access.passwords import require_good  # noqa: PLC0415  # a station has no backend installed

    password = as_text(os.environ.get(variable, ""), variable) or _prompt(variable, login)
    require_good(password, login)
    return password


def _add_staff(commands: Any, command: AddCommand) -> None:
    staff = commands.add_parser("staff", **described("list, add, change or remove people"))
    actions = staff.add_subparsers(required=True)
    add = command(actions, "add", _add_person, "add a person")
    add.add_argument("login")
    add.add_argument("--role", required=True, choices=STAFF_CHOICES)
    add.add_argument("--hall", metavar="ID", help="the one hall they work in (default: every hall)")
    add.epilog = "The password comes from NOWSERVING_PASSWORD or is asked for."
    command(actions, "list", _list_staff, "list the people")
    reset = command(actions, "reset", _reset_person, "give a person a new first password, which they must change")
    reset.add_argument("login")
    reset.epilog = "The password comes from NOWSERVING_PASSWORD; without it one is made and printed, only once."
    role = command(actions, "role", _change_role, "change a person's role, from their next action on")
    role.add_argument("login")
    role.add_argument("role", choices=STAFF_CHOICES)
    remove = command(actions, "remove", _remove_person, "remove a person and end their sessions")
    remove.add_argument("login")


def _add_device(commands: Any, command: AddCommand) -> None:
    device = commands.add_parser("device", **described("list, add, pair or revoke devices"))
    actions = device.add_subparsers(required=True)
    add = command(actions, "add", _add_device_now, "add a device and print its token, only once")
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=DEVICE_CHOICES)
    add.add_argument("--hall", metavar="ID", help="the hall it stands in (default: the only one)")
    confirm = command(actions, "confirm", _confirm_device, "pair the device that shows this code")
    confirm.add_argument("code")
    confirm.add_argument("--name", required=True, help="a name for the device, like “Kiosk at the door”")
    confirm.add_argument("--hall", metavar="ID", help="the hall it belongs to (default: the only one)")
    revoke = command(actions, "revoke", _revoke_device, "take a device out of service; it stops within seconds")
    revoke.add_argument("name")
    revoke.add_argument("--hall", metavar="ID", help="the hall it belongs to (default: the only one)")
    summary = "list the devices: name, role, hall, when last seen, version, series, paper, troubles"
    command(actions, "list", _list_devices, summary)


def _add_person(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin, _audited(admin, AddPerson, args.hall, args.login):
        admin.must_exist(args.hall)
        admin.accounts.people.require_free(args.login)
        password = new_password(VARIABLE, args.login)
        admin.add_person(args.login, password, Role(args.role), args.hall)
        print(f"{args.login} may sign in as {args.role}.")
    return 0


def _list_staff(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin:
        for person in admin.accounts.people.all():
            print(f"{person.login:24} {person.role:14} {person.hall or 'every hall'}")
    return 0


def _reset_person(args: argparse.Namespace, config: Settings) -> int:
    given = as_text(os.environ.get(VARIABLE, ""), VARIABLE)
    with _audited_person(ResetPassword, args.login, config) as (admin, person):
        password = admin.reset_password(person.login, given)
    if not given:
        print(f"The first password of {args.login}, shown only now:")
        print(password)
    return 0


def _change_role(args: argparse.Namespace, config: Settings) -> int:
    with _audited_person(ChangeRole, args.login, config) as (admin, person):
        admin.accounts.people.change_role(person.id, Role(args.role))
    print(f"{args.login} is {args.role} now.")
    return 0


def _remove_person(args: argparse.Namespace, config: Settings) -> int:
    with _audited_person(RemovePerson, args.login, config) as (admin, person):
        admin.accounts.people.remove(person.id)
    print(f"{args.login} can no longer sign in.")
    return 0


def _add_device_now(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin:
        hall = admin.named_or_only_hall(args.hall)
        with _audited(admin, ConfirmPairing, hall, args.name):
            token = admin.accounts.add_device(args.name, Role(args.role), hall)
        print("The token of this device, shown only now; set it on the device as NOWSERVING_TOKEN:")
        print(token)
    return 0


def _list_devices(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin:
        for device in admin.accounts.devices():
            seen = f"{device.seen_at:{TO_THE_MINUTE}} UTC" if device.seen_at else "never seen"
            unprinted = f"{device.unprinted} may not be printed" if device.unprinted else ""
            troubles = (f"{one.kind}: {one.what} ({one.at:{TO_THE_MINUTE}} UTC)" for one in device.troubles)
            problems = ", ".join(filter(None, [unprinted, *troubles]))
            state = f"{seen:20} {device.version:8} {device.series:4} {device.paper:8} {problems}".rstrip()
            print(f"{device.name:24} {device.role:14} {device.hall:24} {state}")
    return 0


def _confirm_device(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin:
        hall = admin.named_or_only_hall(args.hall)
        with _audited(admin, ConfirmPairing, hall, args.name):
            device = admin.pairing.confirm(hall, args.code, args.name, "the command line")
        print(f"{device.name} is a {device.role} of {device.hall} now.")
    return 0


def _revoke_device(args: argparse.Namespace, config: Settings) -> int:
    with _opened(config.database) as admin:
        hall = admin.named_or_only_hall(args.hall)
        device = next((one for one in admin.accounts.devices(hall) if one.name == args.name), None)
        if device is None:
            raise Unfit(f"There is no device {args.name!r} in {hall}: see `nowserving device list`.")
        with _audited(admin, RevokeDevice, hall, device.name):
            admin.pairing.revoke(hall, device.id)
        print(f"{device.name} is out of service.")
    return 0


# ── database, audit, password ──


@contextmanager
def _opened(database: str) -> Iterator[Any]:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    with database_administration.opened(database) as admin:
        yield admin


@contextmanager
def _audited_person(act: type[Request[Any]], login: str, config: Settings) -> Iterator[tuple[Any, Any]]:
    """The database's administration, and the person this is about; raises UnknownPerson, and audits that."""
    with _opened(config.database) as admin:
        with admin.ledger.audit_writer.refusals(act.type_name(), by=TERMINAL):
            person = admin.accounts.people.with_login(login)
        with _audited(admin, act, person.hall, person.login):
            yield admin, person


@contextmanager
def _audited(admin: Any, act: type[Request[Any]], hall: HallId | None, about: str) -> Iterator[None]:
    """Write the same line into the audit as the console's request would, also if the block raises Refused."""
    with admin.ledger.audit_writer.refusals(act.type_name(), by=TERMINAL):
        yield
    admin.ledger.audit_writer.queue_entry(act.type_name(), by=TERMINAL, hall=hall, about=about)


def _prompt(variable: str, login: str) -> str:
    if not sys.stdin.isatty():
        raise Unfit(f"A password is needed: set {variable}, or run this in a terminal.")
    try:
        password = getpass.getpass(f"Password for {login}: ")
        if getpass.getpass("The same again: ") != password:
            raise Unfit("The two passwords differ, and nothing was changed: try again.")
    except UnicodeError:
        raise Unfit(f"This terminal can't read what was typed: set {variable} instead.") from None
    return password
