"""The two tables of the rules: every command has its rule, every event its change, and who may do what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

import shared.hall
from shared.hall.business_day import StartBusinessDay
from shared.hall.calling import CallNext
from shared.hall.errors import NotAllowed, UnknownCommand
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command, DoneAtPoint, Event, PointCommand, TicketCommand
from shared.hall.roles import Actor, Role
from shared.hall.rules import CHANGES, COMMANDS, EVENTS, MODULES, RULES, allow
from shared.hall.serving import FinishService
from shared.hall.set_up import DefineHall
from tests.hall.builders import Clinic

PROMISED = {
    "issue-ticket",
    "cancel-ticket",
    "activate-point",
    "pause-point",
    "resume-point",
    "deactivate-point",
    "take-point",
    "call-next",
    "recall",
    "start-service",
    "finish-service",
    "mark-no-show",
    "return-to-queue",
    "transfer-ticket",
    "call-ticket",
    "park-ticket",
    "resume-ticket",
    "reinstate-ticket",
    "undo-last",
    "check-in",
    "give-feedback",
    "define-hall",
    "define-service",
    "define-precedence",
    "define-point",
    "retire-service",
    "retire-precedence",
    "retire-point",
    "import-set-up",
    "start-business-day",
    "correct-business-day",
    "define-day",
    "retire-day",
    "observe-holidays",
    "define-display",
    "retire-display",
    "assign-display",
    "record-clip",
    "remove-clip",
}
"""The names other programs send: they never change."""

ROOM = Path(shared.hall.__file__).parent


@dataclass(frozen=True, kw_only=True)
class SingLoudly(Command):
    """A command nobody has a rule for."""


def kinds(of: type) -> Iterator[type]:
    """Every command or event class of the hall below this one."""
    for kind in of.__subclasses__():
        if kind not in (PointCommand, TicketCommand, DoneAtPoint) and kind.__module__.startswith("shared.hall."):
            yield kind
        yield from kinds(kind)


def test_every_command_has_just_one_rule() -> None:
    ruled = [rule.command for module in MODULES for rule in module.RULES]
    assert sorted(ruled, key=str) == sorted(kinds(Command), key=str)
    assert list(RULES) == ruled


def test_every_event_has_just_one_change() -> None:
    changed = [change.event for module in MODULES for change in module.CHANGES]
    assert sorted(changed, key=str) == sorted(kinds(Event), key=str)
    assert list(CHANGES) == changed


def test_commands_have_the_names_other_programs_know() -> None:
    assert set(COMMANDS) == PROMISED


def test_events_are_told_apart_by_their_names() -> None:
    assert len(EVENTS) == len(CHANGES)
    assert not set(EVENTS) & set(COMMANDS)


@pytest.mark.parametrize("kind", [*RULES, *CHANGES], ids=lambda kind: kind.__name__)
def test_commands_and_events_are_frozen_and_named_by_keyword(kind: type) -> None:
    with pytest.raises(TypeError):
        kind("by place")
    frozen = kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert frozen


def test_an_event_names_what_it_touches() -> None:
    """The ledger brings just those rows up to date."""
    touched = {"ticket", "tickets", "point", "service", "precedence"}
    of_the_whole_hall = {
        "hall-defined",
        "precedences-reordered",
        "business-day-started",
        "day-defined",
        "day-retired",
        "holidays-observed",
        "display-defined",
        "display-retired",
        "display-assigned",
        "clip-recorded",
        "clip-removed",
    }
    for name, event in EVENTS.items():
        names = set(dir(event)) | _fields(event)
        assert bool(touched & names) is (name not in of_the_whole_hall)


def _fields(kind: type) -> set[str]:
    return set(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def test_a_command_without_a_rule_is_unknown(clinic: Clinic) -> None:
    clinic.refuses(SingLoudly(), UnknownCommand)


def test_a_command_cannot_be_changed_once_made() -> None:
    press = CallNext(point="1")
    with pytest.raises(FrozenInstanceError):
        press.point = "2"  # type: ignore[misc]


# ── who may do what ──

TAKE, CANCEL = IssueTicket(service="tests"), CancelTicket(ticket="x")
SERVE = [CallNext(point="1"), FinishService(point="1", ticket="x")]
SET_UP = DefineHall(name="Clinic")

MAY: dict[Role, list[Command]] = {
    Role.CUSTOMER: [TAKE, CANCEL],
    Role.KIOSK: [TAKE, CANCEL],
    Role.DISPLAY: [],
    Role.SIGN: [],
    Role.CONSOLE: [],
    Role.SPECIALIST: [TAKE, CANCEL, *SERVE],
    Role.SUPERVISOR: [TAKE, CANCEL, *SERVE],
    Role.ADMINISTRATOR: [TAKE, CANCEL, *SERVE, SET_UP, StartBusinessDay()],
    Role.CLOCK: [StartBusinessDay()],
}


@pytest.mark.parametrize("role", Role)
def test_everybody_may_do_what_is_theirs_and_nothing_else(role: Role) -> None:
    allowed = {command.type_name() for command in MAY[role]}
    for command in [TAKE, CANCEL, *SERVE, SET_UP, StartBusinessDay()]:
        somebody = Actor(name="somebody", role=role)
        if command.type_name() in allowed:
            allow(command, somebody, "clinic")
        else:
            with pytest.raises(NotAllowed) as raised:
                allow(command, somebody, "clinic")
            assert raised.value.about == {"role": role}


def test_staff_of_one_hall_do_nothing_in_another() -> None:
    allow(TAKE, Actor(name="ours", role=Role.SPECIALIST, hall="clinic"), "clinic")
    with pytest.raises(NotAllowed):
        allow(TAKE, Actor(name="theirs", role=Role.ADMINISTRATOR, hall="bank"), "clinic")


# ── the rules import the standard library alone ──


def test_the_rules_name_no_module_but_their_own_and_the_standard_librarys() -> None:
    for file in ROOM.glob("*.py"):
        for module in _imported(file):
            assert module.startswith("shared.hall") or module.split(".")[0] in sys.stdlib_module_names, (file, module)


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_the_rules_run_where_nothing_is_installed() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOM.parent.parent)!r})
import {", ".join(f"shared.hall.{file.stem}" for file in ROOM.glob("*.py") if file.stem != "__init__")}
known = sys.stdlib_module_names | {{"shared", "__main__", "__mp_main__"}}
foreign = {{name.split(".")[0] for name in sys.modules if not name.startswith("_sysconfigdata")}} - known
ours = {{name for name in sys.modules if name.startswith("shared.") and not name.startswith("shared.hall")}}
print(sorted(foreign | ours))
"""
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
