"""How a station joins a hall: discovery, a choice if there are several, pairing by a code an administrator confirms."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import urlsplit

from shared.hall.errors import Failure, Refused, UnknownPairing, Unreachable
from shared.hall.roles import Role
from shared.link import timings
from shared.link.certificate_trust import Trust
from shared.link.discovery import AnnouncedInstallation, Search
from shared.link.paired_hall import PairedHall
from shared.link.pairing_client import Code, Installation, PairingClient, Welcome, new_token

USUAL_PORT = 8080

SETTLING_TIME = 1.5
"""Seconds to wait for other installations after one was found, before it is taken for the only one."""

EXPIRY_MARGIN = 5.0
"""Seconds before a code's end from which it counts as expired if it is unknown; earlier, it was refused."""


class JoiningStep(StrEnum):
    LOOKING = "looking"
    CHOOSING = "choosing"
    """There are several: a person has to choose."""
    CODE = "code"
    """An administrator has to confirm the code shown."""
    REFUSED = "refused"
    """An administrator has refused the code."""
    SILENT = "silent"
    """The address that was typed, chosen or found does not answer, or gives no code."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several installations, or of one installation's halls; ``id`` is the installation's or hall's."""

    id: str
    name: str
    about: str = ""
    """Host and port of an installation, to tell it from one of the same name; empty for a hall."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far a station has come, for its screen."""

    step: JoiningStep = JoiningStep.LOOKING
    choices: tuple[Choice, ...] = ()
    name: str = ""
    """The names of the backend's halls, with commas."""
    address: str = ""
    fingerprint: str = ""
    """The fingerprint of the backend's own authority, for people to compare."""
    code: str = ""
    until: float = 0.0
    """When the code expires, in seconds of the monotonic clock."""
    why: str = ""
    """Why the backend gave no code."""


@dataclass(frozen=True)
class Target:
    """The addresses of one installation to try: chosen, typed or from the settings; none: whatever is discovered."""

    addresses: tuple[str, ...] = ()
    named: bool = False
    """Whether a person typed it or the settings name it: then it alone is tried, without end."""


Report: TypeAlias = Callable[[Stage], None]
OnJoined: TypeAlias = Callable[[PairedHall], None]


class Joining:
    """A thread that runs until the station has its hall or this is closed.

    It calls ``report`` at each step, often with the same stage again, and ``on_joined`` at the end, on that thread.
    Without ``pairs``, as for a console, where people sign in, no code is needed, only the address.
    """

    def __init__(
        self,
        role: Role,
        report: Report,
        on_joined: OnJoined,
        *,
        address: str = "",
        pairs: bool = True,
        trust: Callable[[str], Trust] = Trust,
    ) -> None:
        self._role = role
        self._trust = trust
        self._report, self._on_joined = report, on_joined
        self._pairs = pairs
        self._closed = False
        self._wake = threading.Event()
        base, _, self._hall_id = address.partition("#")  # the hall a console's person named or chose, or empty
        self._target = Target((base.rstrip("/"),), named=True) if base else Target()
        self._takes_the_only_one = True
        """Whether the only installation there is may be taken without asking."""
        self._found: dict[str, AnnouncedInstallation] = {}
        threading.Thread(target=self._run, name="joining", daemon=True).start()

    # ── what a person does, called from another thread ──

    def choose(self, choice: str) -> None:
        """Take the installation or hall with this id."""
        if choice in self._found:
            self._go_to(Target(self._found[choice].addresses))
        else:
            self._hall_id = choice
            self._wake.set()

    def enter(self, address: str) -> bool:
        """Go to an address that was typed, a hall's id after # in it too; False if it is not an address."""
        if not (base := base_url(address)):
            return False
        self._hall_id = address.partition("#")[2]
        self._go_to(Target((base,), named=True))
        return True

    def look_again(self) -> None:
        """Forget the choice, and let a person choose from all installations there are, even a single one."""
        self._takes_the_only_one, self._hall_id = False, ""
        self._go_to(Target())

    def retry_now(self) -> None:
        """Retry at once instead of waiting."""
        self._wake.set()

    def close(self) -> None:
        """Report nothing any more; a request that is under way ends by itself."""
        self._closed = True
        self._report = self._on_joined = _ignore
        self._wake.set()

    def _go_to(self, target: Target) -> None:
        self._target = target
        self._wake.set()

    # ── on its own thread ──

    def _run(self) -> None:
        with contextlib.closing(Search()) as search:
            while not self._closed:
                target = self._target
                if not target.addresses:
                    self._search(search)
                elif reached := self._first_that_answers(target):
                    self._join(target, *reached)

    def _pause(self, seconds: float) -> bool:
        """Wait; returns whether a person did something meanwhile, or this was closed."""
        woken = self._wake.wait(seconds)
        self._wake.clear()
        return woken or self._closed

    def _search(self, search: Search) -> None:
        """Search until one installation stays the only one, a person has chosen, or this is closed."""
        found_at: float | None = None  # when the first was found, in seconds of the monotonic clock
        while not self._closed and not self._target.addresses:
            self._found = {found.installation: found for found in search.found()}
            found_at = (found_at or time.monotonic()) if self._found else None
            found = [*self._found.values()]
            settled = found_at and time.monotonic() - found_at > SETTLING_TIME
            if len(found) == 1 and self._takes_the_only_one and settled:
                self._target = Target(found[0].addresses)
                return
            must_choose = len(found) > 1 or (found and not self._takes_the_only_one)
            choosing = Stage(step=JoiningStep.CHOOSING, choices=_choices(found))
            self._report(choosing if must_choose else Stage())
            self._pause(timings.DISCOVERY_POLL)

    def _first_that_answers(self, target: Target) -> tuple[PairingClient, Installation] | None:
        """The backend at the first of these addresses that answers, for the caller to close, and its installation.

        None if none does: that is reported, and after a pause addresses that nobody named are given up.
        """
        for address in target.addresses:
            client = PairingClient(address, trust=self._trust(address))
            try:
                return client, client.installation()
            except Failure:
                client.close()
        self._report(Stage(step=JoiningStep.SILENT, address=target.addresses[0]))
        if not self._pause(timings.PAIRING_POLL) and not target.named and self._target is target:
            self._target = Target()  # it was announced and is gone: search again
        return None

    def _join(self, target: Target, client: PairingClient, found: Installation) -> None:
        """Pair, or choose a hall without pairing; returns early if a person chose another target or it failed."""
        with contextlib.closing(client):
            pin = client.trust.pin if client.address.startswith("https://") else None
            paired = PairedHall(installation=found.id, address=client.address, pin=pin)
            if self._pairs:
                self._pair(target, paired, client, ", ".join(found.halls.values()))
            else:
                self._choose_hall(target, paired, found)

    def _choose_hall(self, target: Target, paired: PairedHall, found: Installation) -> None:
        """A console needs no code, only to know which hall if there are several; of a single one it needs no id."""
        halls = tuple(Choice(id=id_, name=name) for id_, name in sorted(found.halls.items(), key=lambda one: one[1]))
        while not self._closed and self._target is target:
            if len(halls) < 2 or self._hall_id in found.halls:
                self._finish(replace(paired, hall=self._hall_id))
                return
            self._report(Stage(step=JoiningStep.CHOOSING, choices=halls, address=paired.address))
            self._pause(timings.PAIRING_POLL)

    # ── pairing ──

    def _pair(self, target: Target, paired: PairedHall, backend: PairingClient, hall_names: str) -> None:
        """Show codes, one after another, until one is confirmed or refused, none is given, or the target changes."""
        token = new_token()
        stage = Stage(name=hall_names, address=paired.address, fingerprint=backend.fingerprint)
        with contextlib.closing(PairingClient(paired.address, token, backend.trust)) as client:
            while not self._closed and self._target is target:
                try:
                    welcome = self._show_code(target, client, stage)
                except UnknownPairing:
                    self._report(replace(stage, step=JoiningStep.REFUSED))
                    self._pause(timings.RETRY_REFUSED)
                    return
                except Refused as refused:  # too many devices wait
                    self._report(replace(stage, step=JoiningStep.SILENT, why=refused.detail))
                    self._pause(timings.RETRY_FULL)
                    return
                except Unreachable:
                    return
                if welcome:
                    named = replace(paired, hall=welcome.hall, device=welcome.device, name=welcome.name)
                    self._finish(replace(named, token=token))
                    return

    def _show_code(self, target: Target, client: PairingClient, stage: Stage) -> Welcome | None:
        """Show one code until it is confirmed; None if it expires or the target changes.

        Raises UnknownPairing if the code is refused, Refused or Unreachable if the backend gives none.
        """
        code = client.begin(self._role)
        until = time.monotonic() + code.lasts
        code_stage = replace(stage, step=JoiningStep.CODE, code=code.code, until=until)
        misses = 0
        while time.monotonic() < until and not self._closed and self._target is target:
            self._report(code_stage if misses < timings.MISSES else replace(code_stage, step=JoiningStep.SILENT))
            self._pause(timings.PAIRING_POLL)
            try:
                found, misses = client.pairing_state(), 0
            except UnknownPairing:
                if time.monotonic() < until - EXPIRY_MARGIN:
                    raise
                return None
            except Unreachable:
                misses += 1  # the code is still valid
                continue
            if not isinstance(found, Code):
                return found
        return None

    def _finish(self, paired: PairedHall) -> None:
        self._closed = True
        self._on_joined(paired)


def base_url(address: str) -> str:
    """The base URL of the backend address somebody typed, ``192.0.2.7`` too; empty if it can't be one."""
    base = address.partition("#")[0].strip().rstrip("/")
    if "://" not in base:
        base = f"http://{base}"
    try:
        parts = urlsplit(base)
        port = parts.port or (USUAL_PORT if parts.scheme == "http" else None)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or " " in base:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _choices(found: list[AnnouncedInstallation]) -> tuple[Choice, ...]:
    return tuple(Choice(id=one.installation, name=one.name, about=urlsplit(one.addresses[0]).netloc) for one in found)


def _ignore(_: object) -> None:
    """In place of the callbacks after ``close``."""
