"""The ``nowserving`` command: its options, and one function per action; apps are found by their entry points."""

from __future__ import annotations

import argparse
import dataclasses
import errno
import io
import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import entry_points, version
from typing import Any

from shared import addresses, durable_files, settings
from shared.cli import audit_and_personal_data, staff_and_devices
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Failure, NoHallsYet, Unfit
from shared.hall.hall import Hall
from shared.hall.time_zones import zones
from shared.settings import as_path, as_text

APPS = "nowserving.apps"
"""The entry points of the windows and the demo."""

CHECKS = "nowserving.checks"
"""The entry points that check a station of this machine."""

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""Errors of a disk that takes no more. If the error names no file, it was the redirected output."""

OUTPUT_CLOSED = 141
"""The exit status when the reader of the output has gone, as shells give it: 128 + SIGPIPE."""

HALL_CHECKS = "nowserving.hall_checks"
"""The entry points that check what stations are to show of a hall."""

APP_SUMMARIES = {
    "demo": "a whole hall to try: backend, kiosk, display and console; --tour FOLDER plays a tour and takes pictures",
    "kiosk": "the touchscreen where customers take tickets",
    "display": "the hall's screen with the calls; --point N is the sign over one service point",
    "console": "the window of specialists, supervisors and administrators",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status, 1 with one sentence on stderr. Wrong usage raises SystemExit(2)."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # on Windows a program with windows has no stdout
        sys.stdout.reconfigure(errors="replace")  # as stderr does: no character of an old code page ends a command
    try:
        try:
            return _main(sys.argv[1:] if argv is None else argv)
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:  # behind `| head`
        _discard_output()
        return OUTPUT_CLOSED
    except OSError as error:
        if error.errno not in DISK_FULL or error.filename:
            raise
        _discard_output()
        print(f"nowserving: The output can't be written: {error.strerror}.", file=sys.stderr)
        return 1


def _discard_output() -> None:
    """Send further output nowhere, so that Python does not complain at its end that it can't write it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _main(argv: Sequence[str]) -> int:
    try:
        arguments = [as_text(argument, "The command line") for argument in argv]
        if arguments and arguments[0] in APP_SUMMARIES:
            return _app(arguments[0])(arguments[1:])
        return _run_administration(arguments)
    except Failure as failure:
        print(f"nowserving: {failure.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # as shells give it: 128 + SIGINT


def _app(name: str) -> Callable[[Sequence[str]], int]:
    """An app's own main; raises Unfit if a package it needs is not installed."""
    (found,) = entry_points(group=APPS, name=name)
    try:
        start: Callable[[Sequence[str]], int] = found.load()
    except ModuleNotFoundError as error:
        raise Unfit(f"`nowserving {name}` needs {error.name}: install nowserving[{name}].") from None
    return start


def _run_administration(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    config = settings.load(args.config, database=args.database)
    _log(config.log_level.upper())
    try:
        return int(args.act(args, config))
    except ModuleNotFoundError as error:
        raise Unfit(f"This needs {error.name}: install nowserving[server].") from None


def _log(level: str) -> None:
    try:
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    except ValueError:
        raise Unfit(f"log_level must be DEBUG, INFO, WARNING or ERROR, not {level!r}.") from None


# ── options ──


def _parser() -> argparse.ArgumentParser:
    apps = "\n".join(f"  {name:8} {summary}" for name, summary in APP_SUMMARIES.items())
    parser = argparse.ArgumentParser(
        prog="nowserving",
        description="Queue management for halls where people wait.",
        epilog=f"windows:\n{apps}\n\nFor help with a command: nowserving COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nowserving {version('nowserving')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_init(commands)
    staff_and_devices.add_commands(commands, _command)
    _add_halls(commands)
    _add_maintenance(commands)
    audit_and_personal_data.add_commands(commands, _command)
    return parser


def _command(commands: Any, name: str, act: Callable[..., int], summary: str) -> argparse.ArgumentParser:
    """Add a command with the options every command has."""
    parser: argparse.ArgumentParser = commands.add_parser(name, **audit_and_personal_data.described(summary))
    parser.add_argument(
        "--database", metavar="URL", help="sqlite:///nowserving.db (default) or postgresql://USER@HOST/DATABASE"
    )
    parser.add_argument("--config", metavar="FILE", type=as_path, help="settings file instead of the usual one")
    parser.set_defaults(act=act)
    return parser


def _add_serve(commands: Any) -> None:
    parser = _command(commands, "serve", _serve, "run the HTTP backend and the web pages")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default 8080); 0 picks a free one")
    parser.add_argument("--tls", action="store_true", default=None, help="use https, with a certificate made here")
    parser.add_argument("--tls-cert", metavar="FILE", help="use https with this certificate and its chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="the key of that certificate (PEM)")
    parser.add_argument("--no-announce", action="store_true", help="do not announce it on the local network")


def _add_init(commands: Any) -> None:
    parser = _command(commands, "init", _init, "create a database with a hall and the administrator `admin`")
    parser.add_argument("--sample", metavar="NAME", help="begin with a sample hall: clinic, office or bank")
    parser.add_argument("--hall", metavar="NAME", help="name of the hall")
    _add_zone(parser)
    parser.epilog = "The password of `admin` comes from NOWSERVING_ADMIN_PASSWORD or is asked for."


def _add_zone(parser: argparse.ArgumentParser) -> None:
    summary = "its time zone, like Europe/Paris (default: this machine's)"
    parser.add_argument("--time-zone", metavar="ZONE", help=summary)


def _add_halls(commands: Any) -> None:
    summary = "list, add or remove halls; a hall that has issued tickets can't be removed"
    actions = commands.add_parser("hall", **audit_and_personal_data.described(summary))
    actions = actions.add_subparsers(required=True)
    _command(actions, "list", _list_halls, "list the halls: id, name, time zone, tickets issued today")
    add = _command(actions, "add", _add_hall, "add a hall and print its id")
    add.add_argument("name")
    add.add_argument("--sample", metavar="NAME", help="begin with a sample hall: clinic, office or bank")
    _add_zone(add)
    remove = _command(actions, "remove", _remove_hall, "remove a hall that has never issued a ticket")
    remove.add_argument("hall", metavar="ID")
    export = _command(commands, "export", _export, "write the whole set-up of a hall to a readable file")
    export.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    export.add_argument("--output", metavar="FILE", type=as_path, help="the file to write (default: print it)")
    importing = _command(commands, "import", _import, "apply a set-up file to a hall, all of it or nothing")
    importing.add_argument("file", type=as_path)
    target = importing.add_mutually_exclusive_group()
    target.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    target.add_argument("--new", metavar="ID", help="create a new hall with this id")
    importing.add_argument("--dry-run", action="store_true", help="only list what would change")
    importing.add_argument("--retire", action="store_true", help="remove for good whatever the file does not list")


def _add_maintenance(commands: Any) -> None:
    _command(commands, "check", _check, "check this installation and list what is wrong")
    backup = _command(commands, "backup", _backup, "copy the database to a file; the hall may stay open")
    backup.add_argument("file", type=as_path)
    restore = _command(commands, "restore", _restore, "replace the database by a backup, keeping the old one aside")
    restore.add_argument("file", type=as_path)
    upgrade = _command(commands, "upgrade", _upgrade, "upgrade an older database to this version, after a backup")
    upgrade.add_argument("--without-backup", action="store_true", help="make no backup before the upgrade")


# ── actions ──


def _serve(args: argparse.Namespace, config: settings.Settings) -> int:
    from shared.backend.http.server import serve  # noqa: PLC0415  # stations have no backend

    flags = {name: value for name in ("tls", "tls_cert", "tls_key") if (value := getattr(args, name)) is not None}
    if args.no_announce:
        flags["announce"] = False
    return serve(dataclasses.replace(config, **flags), args.host, args.port)


def _init(args: argparse.Namespace, config: settings.Settings) -> int:
    wanted = (args.sample, args.hall, _zone(args.time_zone))
    # The password comes last: nobody should type it twice and then hear that something else was wrong.
    has_administrator = _database_administration().check_init(config.database, *wanted)
    password = "" if has_administrator else staff_and_devices.new_password("NOWSERVING_ADMIN_PASSWORD", "admin")
    with _database_administration().opened(config.database, create=True) as admin:
        hall = admin.init(*wanted)  # may be refused; then no administrator was appointed either
        if password and admin.appoint_administrator(password):
            print("The administrator is `admin`.")
        print(f"The hall is ready, in the time zone {admin.ledger.hall(hall).settings.time_zone}; its id:")
        print(hall)
    return 0


def _list_halls(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database) as admin:
        for hall in _hall_administration().list_halls(admin):
            print(f"{hall.id:24} {hall.name:32} {hall.time_zone:24} {_plural(hall.tickets, 'ticket')} today")
    return 0


def _add_hall(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database) as admin:
        print(_hall_administration().add(admin, args.name, args.sample, _zone(args.time_zone)))
    return 0


def _remove_hall(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database) as admin:
        _hall_administration().remove(admin, args.hall, audit_and_personal_data.TERMINAL)
    print(f"{args.hall} is removed.")
    return 0


def _export(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database) as admin:
        hall = admin.named_or_only_hall(args.hall)
        text = _hall_administration().export(admin, hall)
    if args.output is None:
        sys.stdout.buffer.write(text.encode())  # UTF-8 wherever it goes, as the file would be
        return 0
    durable_files.write_text(args.output, text, durable_files.READABLE_BY_UMASK)
    print(f"The set-up of {hall} is in {args.output}.")
    return 0


def _import(args: argparse.Namespace, config: settings.Settings) -> int:
    hall_administration = _hall_administration()
    with _database_administration().opened(config.database) as admin:
        set_up_import = hall_administration.Import.prepare(
            admin, args.file, hall=args.hall, new=args.new, retire=args.retire
        )
        changes = set_up_import.preview() if args.dry_run else set_up_import.do()
    for line in hall_administration.as_lines(changes, retire=args.retire):
        print(line)
    print("Nothing was changed: this was a dry run." if args.dry_run else f"{set_up_import.hall} is as the file says.")
    return 0


def _check(args: argparse.Namespace, config: settings.Settings) -> int:
    from shared.ui.station_memory import remembered_halls  # noqa: PLC0415  # stations' code, but without Qt

    faults = [*addresses.faults(config.public_url), *_station_faults(config), *_damaged_files()]
    faults += _hall_faults(list(remembered_halls(settings.state_path())))
    try:
        with _database_administration().opened(config.database, current=False) as admin:
            faults = [*admin.faults(), *faults, *_hall_faults(list(admin.readable_halls()))]
    except NoHallsYet:
        if args.database or not any(settings.state_path().glob("home-*.json*")):
            raise
    finally:  # a station without a database is checked all the same
        for fault in dict.fromkeys(faults):
            print(fault, file=sys.stderr)
    if not faults:
        print("Nothing is wrong.")
    return 1 if faults else 0


def _station_faults(config: settings.Settings) -> Iterator[str]:
    """The faults of this machine's stations, such as in their printers and loudspeakers."""
    for found in entry_points(group=CHECKS):
        try:
            find_faults: Callable[[settings.Settings], Iterator[str]] = found.load()
        except ImportError:  # no station of that kind is installed here
            continue
        yield from find_faults(config)


def _damaged_files() -> Iterator[str]:
    """The files of this machine's stations that were damaged and put aside."""
    from shared.link.state_files import files_put_aside  # noqa: PLC0415  # as above

    for file in files_put_aside(settings.state_path()):
        yield (
            f"A file of a station could not be read and was put aside: {file}. "
            "Whatever could be recovered from it is in use again; remove it once nobody needs it."
        )


def _hall_faults(halls: list[Hall]) -> Iterator[str]:
    """What is wrong with these halls for the stations that are installed on this machine: fonts, displays."""
    yield from _missing_fonts(halls)
    for found in entry_points(group=HALL_CHECKS):
        try:
            find_faults: Callable[[list[Hall]], Iterator[str]] = found.load()
        except ImportError:  # as above
            continue
        yield from find_faults(halls)


def _missing_fonts(halls: Iterable[Hall]) -> Iterator[str]:
    """Texts of these halls that this machine has no font for; nothing where no app with windows is installed."""
    try:
        from shared.ui import font_coverage  # noqa: PLC0415  # it loads Qt
    except ImportError:
        return
    yield from font_coverage.faults(halls)


def _backup(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database, current=False) as admin:
        admin.backup(args.file)
        print(f"Everything is in {args.file}.")
    return 0


def _restore(args: argparse.Namespace, config: settings.Settings) -> int:
    from shared.backend.halls import backup_restore  # noqa: PLC0415  # a station has no backend installed

    done = backup_restore.restore(config.database, args.file, audit_and_personal_data.TERMINAL)
    newest = f"{done.newest.astimezone():{TO_THE_MINUTE}}" if done.newest else "none"
    print(f"{args.file} is in place, as {done.database}. Its latest event: {newest}.")
    if done.kept is None:
        print("There was no database there before.")
    elif done.kept.suffix in (".db", ".dump"):
        again = shlex.join(["nowserving", "restore", str(done.kept)])
        print(f"The previous database is in {done.kept}; `{again}` puts it back.")
    else:
        print(f"There was only a database's log file before; it is kept as {done.kept}.")
    if not done.is_current:
        print("It is older than this program: run `nowserving upgrade`.")
    for fault in done.faults:
        print(fault, file=sys.stderr)
    return 1 if done.faults else 0


def _upgrade(args: argparse.Namespace, config: settings.Settings) -> int:
    with _database_administration().opened(config.database, current=False) as admin:
        if admin.database.is_current():
            print("The database is up to date.")
            return 0
        kept = admin.upgrade(backup=not args.without_backup)
        print(f"Upgraded; the database as it was is in {kept}." if kept else "Upgraded.")
    return 0


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _zone(name: str | None) -> str:
    """The time zone of this name, or this machine's if none is given; raises Unfit if there is no such zone."""
    if name and name not in zones():
        raise Unfit(f"There is no time zone {name!r}: write one like Europe/Paris or America/Sao_Paulo.")
    return name or settings.machine_zone()


def _database_administration() -> Any:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    return database_administration


def _hall_administration() -> Any:
    from shared.backend.halls import hall_administration  # noqa: PLC0415  # a station has no backend installed

    return hall_administration


if __name__ == "__main__":
    sys.exit(main())
