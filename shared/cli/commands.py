"""The command people type: ``nowserving …``. Each action is one small function; the apps are found by name."""

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
"""The entry points that say what is wrong with a station of this machine."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says that takes no more; of what is printed no file is named."""

UNREAD = 141
"""The status of a command whose output nobody wanted to the end, as shells have it for others: 128 and SIGPIPE."""

ABOUT = {
    "demo": "a whole hall to try: backend, kiosk, display, console; --tour FOLDER plays and pictures it",
    "kiosk": "the customer's touchscreen",
    "display": "the hall's screen; --point N is the sign over one service point",
    "console": "the specialist's, supervisor's and administrator's window",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 it worked, 1 it failed (one sentence on stderr), 2 wrong usage."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a window's program on Windows has none
        sys.stdout.reconfigure(errors="replace")  # as stderr is by itself: no code page ends a command
    try:
        try:
            return _main(sys.argv[1:] if argv is None else argv)
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:  # behind `| head`, which has seen enough
        _say_no_more()
        return UNREAD
    except OSError as error:
        if error.errno not in NO_ROOM or error.filename:
            raise
        _say_no_more()
        print(f"nowserving: What was asked for can't be written: {error.strerror}.", file=sys.stderr)
        return 1


def _say_no_more() -> None:
    """What is left to say must not complain at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _main(argv: Sequence[str]) -> int:
    try:
        arguments = [as_text(argument, "What was typed") for argument in argv]
        if arguments and arguments[0] in ABOUT:
            return _app(arguments[0])(arguments[1:])
        return _administrate(arguments)
    except Failure as failure:
        print(f"nowserving: {failure.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _app(name: str) -> Callable[[Sequence[str]], int]:
    """An app's own main; raises Unfit when what it needs is not installed."""
    (found,) = entry_points(group=APPS, name=name)
    try:
        start: Callable[[Sequence[str]], int] = found.load()
    except ModuleNotFoundError as error:
        raise Unfit(f"`nowserving {name}` needs {error.name}: install nowserving[{name}].") from None
    return start


def _administrate(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    chosen = settings.load(asked.config, database=asked.database)
    _log(chosen.log_level.upper())
    try:
        act: Callable[[argparse.Namespace, settings.Settings], int] = asked.act
        return act(asked, chosen)
    except ModuleNotFoundError as error:
        raise Unfit(f"This needs {error.name}: install nowserving[server].") from None


def _log(level: str) -> None:
    try:
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    except ValueError:
        raise Unfit(f"log_level must be DEBUG, INFO, WARNING or ERROR, not {level!r}.") from None


# ── what may be asked ──


def _parser() -> argparse.ArgumentParser:
    apps = "\n".join(f"  {name:8} {about}" for name, about in ABOUT.items())
    parser = argparse.ArgumentParser(
        prog="nowserving",
        description="Queue management for halls where people wait.",
        epilog=f"windows:\n{apps}\n\nEvery command explains itself: nowserving COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nowserving {version('nowserving')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_init(commands)
    staff_and_devices.add_commands(commands, _command)
    _add_halls(commands)
    _add_care(commands)
    audit_and_personal_data.add_commands(commands, _command)
    return parser


def _command(commands: Any, name: str, act: Callable[..., int], about: str) -> argparse.ArgumentParser:
    """A command with what every command has."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=f"{about}.".capitalize())
    parser.add_argument(
        "--database", metavar="URL", help="sqlite:///nowserving.db (the default), or postgresql://USER@HOST/DATABASE"
    )
    parser.add_argument("--config", metavar="FILE", type=as_path, help="settings file instead of the usual one")
    parser.set_defaults(act=act)
    return parser


def _add_serve(commands: Any) -> None:
    parser = _command(commands, "serve", _serve, "run the HTTP backend and the web pages")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in")
    parser.add_argument("--port", type=int, default=8080, help="0 picks a free one (default 8080)")
    parser.add_argument("--tls", action="store_true", default=None, help="speak https, by an authority made here")
    parser.add_argument("--tls-cert", metavar="FILE", help="speak https with this certificate and its chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="that certificate's key (PEM)")
    parser.add_argument("--no-announce", action="store_true", help="do not tell the local network where it is")


def _add_init(commands: Any) -> None:
    parser = _command(commands, "init", _init, "make a database with a hall and the administrator `admin`")
    parser.add_argument("--sample", metavar="NAME", help="begin with a sample hall: clinic, office or bank")
    parser.add_argument("--hall", metavar="NAME", help="name of the hall")
    _add_zone(parser)
    parser.epilog = "The password of `admin` comes from NOWSERVING_ADMIN_PASSWORD or is asked for."


def _add_zone(parser: argparse.ArgumentParser) -> None:
    about = "its time zone, like Europe/Paris (default: this machine's)"
    parser.add_argument("--time-zone", metavar="ZONE", help=about)


def _add_halls(commands: Any) -> None:
    about = "the halls of this database; one that ever gave a ticket out stays, for its journal is its history"
    actions = commands.add_parser("hall", help=about, description=f"{about}.".capitalize())
    actions = actions.add_subparsers(required=True)
    _command(actions, "list", _list_halls, "list the halls: id, name, time zone, tickets given out today")
    add = _command(actions, "add", _add_hall, "add a hall and print its id")
    add.add_argument("name")
    add.add_argument("--sample", metavar="NAME", help="begin with a sample hall: clinic, office or bank")
    _add_zone(add)
    remove = _command(actions, "remove", _remove_hall, "take away a hall that never gave a ticket out")
    remove.add_argument("hall", metavar="ID")
    out = _command(commands, "export", _export, "write the whole set-up of a hall to a file people can read")
    out.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    out.add_argument("--output", metavar="FILE", type=as_path, help="where to (default: print it)")
    into = _command(commands, "import", _import, "make the set-up of a hall as a file says, all of it or nothing")
    into.add_argument("file", type=as_path)
    which = into.add_mutually_exclusive_group()
    which.add_argument("--hall", metavar="ID", help="the hall (default: the only one)")
    which.add_argument("--new", metavar="ID", help="a new hall, with this id")
    into.add_argument("--dry-run", action="store_true", help="only say what would change")
    into.add_argument("--retire", action="store_true", help="take away for good what the file does not hold")


def _add_care(commands: Any) -> None:
    _command(commands, "check", _check, "say what is wrong with this installation, if anything")
    backup = _command(commands, "backup", _backup, "copy the database to a file while work goes on")
    backup.add_argument("file", type=as_path)
    restore = _command(commands, "restore", _restore, "put a backup in the place of the database, which is kept aside")
    restore.add_argument("file", type=as_path)
    upgrade = _command(commands, "upgrade", _upgrade, "bring an older database up to this version, after a backup")
    upgrade.add_argument("--without-backup", action="store_true", help="a backup was made in another way")


# ── what is done ──


def _serve(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    from shared.backend.http.server import serve  # noqa: PLC0415  # stations have no backend

    flags = {name: value for name in ("tls", "tls_cert", "tls_key") if (value := getattr(asked, name)) is not None}
    if asked.no_announce:
        flags["announce"] = False
    return serve(dataclasses.replace(chosen, **flags), asked.host, asked.port)


def _init(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    first = (asked.sample, asked.hall, _zone(asked.time_zone))
    # The password comes last: nobody types one twice to hear that something else was wrong.
    has_administrator = _care().look_before_init(chosen.database, *first)
    password = "" if has_administrator else staff_and_devices.new_password("NOWSERVING_ADMIN_PASSWORD", "admin")
    with _care().opened(chosen.database, create=True) as halls:
        hall = halls.init(*first)  # which may be refused; then nobody was appointed either
        if password and halls.appoint_administrator(password):
            print("The administrator is `admin`.")
        print(f"The hall is ready, on the clock of {halls.ledger.hall(hall).settings.time_zone}; its id:")
        print(hall)
    return 0


def _list_halls(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database) as admin:
        for hall in _halls().listed(admin):
            print(f"{hall.id:24} {hall.name:32} {hall.time_zone:24} {_counted(hall.tickets, 'ticket')} today")
    return 0


def _add_hall(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database) as admin:
        print(_halls().add(admin, asked.name, asked.sample, _zone(asked.time_zone)))
    return 0


def _remove_hall(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database) as admin:
        _halls().remove(admin, asked.hall, audit_and_personal_data.TERMINAL)
    print(f"{asked.hall} is gone.")
    return 0


def _export(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database) as admin:
        hall = admin.the_one(asked.hall)
        text = _halls().export(admin, hall)
    if asked.output is None:
        sys.stdout.buffer.write(text.encode())  # UTF-8 wherever it goes, as the file would be
        return 0
    durable_files.write_text(asked.output, text, durable_files.ANYBODYS)
    print(f"The set-up of {hall} is in {asked.output}.")
    return 0


def _import(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    halls = _halls()
    with _care().opened(chosen.database) as admin:
        wish = halls.Import.begun(admin, asked.file, hall=asked.hall, new=asked.new, retire=asked.retire)
        changes = wish.look() if asked.dry_run else wish.do()
    for line in halls.told(changes, retire=asked.retire):
        print(line)
    print("Nothing was changed: this was only a look." if asked.dry_run else f"{wish.hall} is as the file says.")
    return 0


def _check(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    from shared.ui.station_memory import remembered  # noqa: PLC0415  # stations' code, but without Qt

    faults = [*addresses.faults(chosen.public_url), *_station_faults(chosen), *_damaged()]
    faults += _boxes(remembered(settings.state_path()))
    try:
        with _care().opened(chosen.database, current=False) as halls:
            faults = [*halls.faults(), *faults, *_boxes(halls.readable())]
    except NoHallsYet:
        if asked.database or not any(settings.state_path().glob("home-*.json*")):
            raise
    finally:  # a station has no database, and is looked at all the same
        for fault in dict.fromkeys(faults):
            print(fault, file=sys.stderr)
    if not faults:
        print("Nothing is wrong.")
    return 1 if faults else 0


def _station_faults(chosen: settings.Settings) -> Iterator[str]:
    """What the stations that are installed here find wrong with their printers and loudspeakers."""
    for found in entry_points(group=CHECKS):
        try:
            look: Callable[[settings.Settings], Iterator[str]] = found.load()
        except ImportError:  # this machine is no station of that kind
            continue
        yield from look(chosen)


def _damaged() -> Iterator[str]:
    """Files of this machine's stations that could not be read."""
    from shared.link.state_files import put_asides  # noqa: PLC0415  # as above

    for file in put_asides(settings.state_path()):
        yield (
            f"A file of a station could not be read and was put aside: {file}. "
            "Whatever could be saved of it is in use again; remove it once nobody needs it."
        )


def _boxes(halls: Iterable[Hall]) -> Iterator[str]:
    """What these halls have written that this machine can't draw; nothing where it has no windows at all."""
    try:
        from shared.ui import font_coverage  # noqa: PLC0415  # it loads Qt
    except ImportError:
        return
    yield from font_coverage.faults(halls)


def _backup(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database, current=False) as halls:
        halls.backup(asked.file)
        print(f"Everything is in {asked.file}.")
    return 0


def _restore(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    from shared.backend.halls import backup_restore  # noqa: PLC0415  # a station has no backend installed

    done = backup_restore.restore(chosen.database, asked.file, audit_and_personal_data.TERMINAL)
    newest = f"{done.newest.astimezone():{TO_THE_MINUTE}}" if done.newest else "never: nothing has happened in it"
    print(f"{asked.file} is in place, as {done.place}. The last thing in it happened: {newest}.")
    if done.kept is None:
        print("There was no database there before.")
    elif done.kept.suffix in (".db", ".dump"):
        again = shlex.join(["nowserving", "restore", str(done.kept)])
        print(f"What was there before is in {done.kept}; `{again}` puts it back.")
    else:
        print(f"There was only the log of a database there before; it is kept as {done.kept}.")
    if not done.is_current:
        print("It is older than this program: run `nowserving upgrade`.")
    for fault in done.faults:
        print(fault, file=sys.stderr)
    return 1 if done.faults else 0


def _upgrade(asked: argparse.Namespace, chosen: settings.Settings) -> int:
    with _care().opened(chosen.database, current=False) as halls:
        if halls.database.is_current():
            print("The database is up to date.")
            return 0
        kept = halls.upgrade(backup=not asked.without_backup)
        print(f"Upgraded; the database as it was is in {kept}." if kept else "Upgraded.")
    return 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _zone(named: str | None) -> str:
    """The time zone named, or this machine's; raises Unfit."""
    if named and named not in zones():
        raise Unfit(f"There is no time zone {named!r}: write one like Europe/Paris or America/Sao_Paulo.")
    return named or settings.machine_zone()


def _care() -> Any:
    from shared.backend.halls import database_administration  # noqa: PLC0415  # a station has no backend installed

    return database_administration


def _halls() -> Any:
    from shared.backend.halls import hall_administration  # noqa: PLC0415  # a station has no backend installed

    return hall_administration


if __name__ == "__main__":
    sys.exit(main())
