"""How a station comes to its hall: it looks for one and, where it has to be paired, shows a code until it is confirmed.

It has a thread of its own, which waits for networks and people, and tells step by step how far it is.
"""

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
from shared.link import retry
from shared.link.certificate_trust import Trust
from shared.link.discovery import Found, Search
from shared.link.paired_hall import PairedHall
from shared.link.pairing_client import Code, Installation, PairingClient, Welcome, new_token

USUAL_PORT = 8080

COMPANY = 1.5
"""Seconds to wait for others after one was found, before it is taken for the only one."""

NEARLY_OVER = 5.0
"""Seconds before its end from which a code that is gone has run out; before, somebody refused it."""


class JoiningStep(StrEnum):
    LOOKING = "looking"
    CHOOSING = "choosing"
    """There are several: a person has to say which one."""
    CODE = "code"
    REFUSED = "refused"
    SILENT = "silent"
    """What was named or chosen does not answer, or says no."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several to choose from: a backend, or a hall of one."""

    id: str
    name: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far a station is."""

    step: JoiningStep = JoiningStep.LOOKING
    choices: tuple[Choice, ...] = ()
    name: str = ""
    """What was found: the names of its halls."""
    address: str = ""
    fingerprint: str = ""
    """Of the authority it is trusted by, for people to compare."""
    code: str = ""
    until: float = 0.0
    """When the code is over, on the monotonic clock."""
    why: str = ""
    """What was said instead of a code."""


@dataclass(frozen=True)
class Target:
    """What a person chose or typed, or what was given; an empty one: whatever is found."""

    addresses: tuple[str, ...] = ()
    named: bool = False
    """Whether it is an address somebody wrote: it is asked for ever, and nothing else."""


Told: TypeAlias = Callable[[Stage], None]
Settled: TypeAlias = Callable[[PairedHall], None]


class Joining:
    """Goes on until it is settled or closed; both callables are called on its own thread.

    ``pairs``: a device shows a code; a console, where people sign in, only has to know the way.
    """

    def __init__(
        self,
        role: Role,
        told: Told,
        settled: Settled,
        *,
        address: str = "",
        pairs: bool = True,
        trust: Callable[[str], Trust] = Trust,
    ) -> None:
        self._role = role
        self._trust = trust
        self._told, self._settled = told, settled
        self._pairs = pairs
        self._closed = False
        self._woken = threading.Event()
        base, _, self._hall = address.partition("#")
        self._target = Target((base.rstrip("/"),), named=True) if base else Target()
        self._alone = True
        """Whether the only one there is may be taken without asking."""
        self._offers: dict[str, Found] = {}
        threading.Thread(target=self._run, name="joining", daemon=True).start()

    # ── what a person says, from another thread ──

    def choose(self, choice: str) -> None:
        """This one of several backends or halls."""
        if choice in self._offers:
            self._go_to(Target(self._offers[choice].addresses))
        else:
            self._hall = choice
            self._woken.set()

    def enter(self, address: str) -> bool:
        """An address somebody typed; False if it is none."""
        if not (base := as_base(address)):
            return False
        self._hall = address.partition("#")[2]
        self._go_to(Target((base,), named=True))
        return True

    def look_again(self) -> None:
        """None of that: show everything there is."""
        self._alone, self._hall = False, ""
        self._go_to(Target())

    def again(self) -> None:
        """Go on at once with what is waited for."""
        self._woken.set()

    def close(self) -> None:
        """Tell nobody anything any more; a question that is on its way ends by itself."""
        self._closed = True
        self._told = self._settled = _nobody
        self._woken.set()

    def _go_to(self, target: Target) -> None:
        self._target = target
        self._woken.set()

    # ── on its own thread ──

    def _run(self) -> None:
        with contextlib.closing(Search()) as search:
            while not self._closed:
                target = self._target
                if not target.addresses:
                    self._look(search)
                elif reached := self._reached(target):
                    self._arrive(target, *reached)

    def _pause(self, seconds: float) -> bool:
        """Wait; True if somebody wants something else meanwhile."""
        woken = self._woken.wait(seconds)
        self._woken.clear()
        return woken or self._closed

    def _look(self, search: Search) -> None:
        """Until there is one, or somebody has chosen."""
        since: float | None = None
        while not self._closed and not self._target.addresses:
            self._offers = {found.installation: found for found in search.found()}
            since = (since or time.monotonic()) if self._offers else None
            found = [*self._offers.values()]
            if len(found) == 1 and self._alone and since and time.monotonic() - since > COMPANY:
                self._target = Target(found[0].addresses)
                return
            many = len(found) > 1 or (found and not self._alone)
            self._told(
                Stage(
                    step=JoiningStep.CHOOSING if many else JoiningStep.LOOKING, choices=_choices(found) if many else ()
                )
            )
            self._pause(retry.LOOK)

    def _reached(self, target: Target) -> tuple[PairingClient, Installation] | None:
        """The first of its addresses that answers."""
        for address in target.addresses:
            client = PairingClient(address, trust=self._trust(address))
            try:
                return client, client.installation()
            except Failure:
                client.close()
        self._told(Stage(step=JoiningStep.SILENT, address=target.addresses[0]))
        if not self._pause(retry.ASK) and not target.named and self._target is target:
            self._target = Target()  # it announced itself and is gone: look again
        return None

    def _arrive(self, target: Target, client: PairingClient, found: Installation) -> None:
        with contextlib.closing(client):
            pin = client.trust.pin if client.address.startswith("https://") else None
            home = PairedHall(installation=found.id, address=client.address, pin=pin)
            if self._pairs:
                self._pair(target, home, client, ", ".join(found.halls.values()))
            else:
                self._enter(target, home, found)

    def _enter(self, target: Target, home: PairedHall, found: Installation) -> None:
        """No code: only which of its halls, if there are several."""
        halls = tuple(Choice(id=id_, name=name) for id_, name in sorted(found.halls.items(), key=lambda one: one[1]))
        while not self._closed and self._target is target:
            if len(halls) < 2 or self._hall in found.halls:
                self._settle(replace(home, hall=self._hall))
                return
            self._told(Stage(step=JoiningStep.CHOOSING, choices=halls, address=home.address))
            self._pause(retry.ASK)

    # ── pairing ──

    def _pair(self, target: Target, home: PairedHall, met: PairingClient, name: str) -> None:
        """Show codes, one after another, until one is confirmed or refused, or somebody wants another hall."""
        token = new_token()
        stage = Stage(name=name, address=home.address, fingerprint=met.fingerprint)
        with contextlib.closing(PairingClient(home.address, token, met.trust)) as client:
            while not self._closed and self._target is target:
                try:
                    welcome = self._shown(target, client, stage)
                except UnknownPairing:
                    self._told(replace(stage, step=JoiningStep.REFUSED))
                    self._pause(retry.COOLED)
                    return
                except Refused as refused:  # too many wait
                    self._told(replace(stage, step=JoiningStep.SILENT, why=refused.detail))
                    self._pause(retry.NO_ROOM)
                    return
                except Unreachable:
                    return
                if welcome:
                    self._settle(
                        replace(home, hall=welcome.hall, device=welcome.device, name=welcome.name, token=token)
                    )
                    return

    def _shown(self, target: Target, client: PairingClient, stage: Stage) -> Welcome | None:
        """Show one code while it lasts; None when it is over. Raises UnknownPairing if it is refused."""
        code = client.begin(self._role)
        until = time.monotonic() + code.lasts
        shown = replace(stage, step=JoiningStep.CODE, code=code.code, until=until)
        misses = 0
        while time.monotonic() < until and not self._closed and self._target is target:
            self._told(shown if misses < retry.MISSES else replace(shown, step=JoiningStep.SILENT))
            self._pause(retry.ASK)
            try:
                found, misses = client.current(), 0
            except UnknownPairing:
                if time.monotonic() < until - NEARLY_OVER:
                    raise
                return None
            except Unreachable:
                misses += 1  # the code is still good
                continue
            if not isinstance(found, Code):
                return found
        return None

    def _settle(self, home: PairedHall) -> None:
        self._closed = True
        self._settled(home)


def as_base(address: str) -> str:
    """What somebody typed as the address of a backend, ``192.0.2.7`` too; empty if it can't be one."""
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


def _choices(found: list[Found]) -> tuple[Choice, ...]:
    return tuple(Choice(id=one.installation, name=one.name, about=urlsplit(one.addresses[0]).netloc) for one in found)


def _nobody(_: object) -> None:
    """Nobody listens any more."""
