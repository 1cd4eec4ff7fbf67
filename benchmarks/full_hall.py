"""A hall with all its stations: how soon a call is seen and heard, and what the display needs of its processor.

One backend process, a real display with its ticker and sound, 20 consoles and 200 phones that follow the hall.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.clients import LONGEST, connected, receive
from benchmarks.listening import CALLED, BareServer, delays
from benchmarks.measured import Measured, percentile
from benchmarks.running_backend import MeasuredBackend
from shared.backend.access.secret_hashes import hash_of
from shared.hall.calling import CallNext
from shared.hall.displays import DefineDisplay, RecordClip
from shared.hall.field_types import Language, new_id
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.hall.set_up import DefineHall
from shared.hall.units import Milliseconds
from shared.link.link import Link
from shared.requests.media import MediumKind, StoreMedium
from shared.voice.vocabulary import vocabulary
from tests.backends import Caller, Premises
from tests.display.private_sound import MISSING, PrivateSound, tone
from tests.media_examples import content_of, parts_of

CONSOLES, PHONES = 20, 200
POINT, SERVICE = "3", "doctor"
SCREEN = (1920, 1080)

WARM_UP = 3  # calls
HEARD = 20
"""Calls that are listened to, each after the end of the one before."""
SEEN, ROUNDS = 20, 6
"""Calls of a round whose frame is waited for, and rounds; they alternate with the bare broadcast."""

PAUSE = 0.3
"""Seconds between two of these: the row has come to its place."""

WATCHED = 10.0
"""How long the display's processor time is measured, in seconds: as long as a call is highlighted."""

FIRST_SOUND: Milliseconds = 300
"""Promised."""

TICKER = "Please keep your ticket until you have left. Have your card and your papers ready. " * 3
"""Wider than the screen, so that it runs."""


def measure() -> Iterator[Measured]:
    if MISSING:
        print("this is listened to on a private PulseAudio, which is Linux's: make setup installs it on Debian")
        return
    with ExitStack() as stack:
        hall = FullHall(stack)
        hall.warm_up()
        waits = [hall.heard_call() for _ in range(HEARD)]
        yield from _heard(waits)
        yield from _seen(hall, stack)
        yield from _processor(hall)


def _heard(waits: list[float]) -> Iterator[Measured]:
    for percent, limit in ((50, None), (95, 1.0)):
        yield Measured(
            what=f"call to first sound, {CONSOLES} consoles and {PHONES} phones, p{percent}",
            value=1000 * percentile(waits, percent),
            against="the promise",
            peer=FIRST_SOUND,
            unit="ms",
            limit=limit,
        )


def _seen(hall: FullHall, stack: ExitStack) -> Iterator[Measured]:
    bare = BareServer(stack, CONSOLES + PHONES, hall.last_event)
    waits: list[float] = []
    peers: list[float] = []
    for _ in range(ROUNDS):
        waits += [hall.seen_call() for _ in range(SEEN)]
        peers += [seconds for _ in range(SEEN) for seconds in delays(bare)]
    for percent in (50, 99):
        yield Measured(
            what=f"call to frame, {CONSOLES} consoles and {PHONES} phones, p{percent}",
            value=1e6 * percentile(waits, percent),
            against="bare broadcast",
            peer=1e6 * percentile(peers, percent),
            unit="µs",
        )


def _processor(hall: FullHall) -> Iterator[Measured]:
    hall.rest()
    yield _of_a_core("nobody called", hall.processor_time(), 0.05)
    hall.show_ticker()
    yield _of_a_core("its ticker", hall.processor_time(), 0.2)
    hall.call()
    yield _of_a_core("a call, sound and ticker", hall.processor_time(), 0.25)


def _of_a_core(what: str, seconds: float, limit: float) -> Measured:
    return Measured(
        what=f"display and its player at 1080p, {what}",
        value=1000 * seconds / WATCHED,
        against="a core",
        peer=1000,
        unit="ms/s",
        limit=limit,
    )


class FullHall:
    """The hall, everybody who follows it, and one point that calls one customer after another."""

    def __init__(self, stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._premises = Premises(folder)
        host, _, port = self._premises.serve().removeprefix("http://").partition(":")
        stack.callback(self._premises.stop)
        self._admin = self._premises.admin()
        stack.callback(self._admin.close)
        set_up(self._admin)
        token = Caller(self._premises).sign_in().json()["token"]
        self._backend = MeasuredBackend([(host, int(port))], [self._premises.hall], token, folder)
        self._admin.do(ActivatePoint(point=POINT))
        for _ in range(1 + WARM_UP + HEARD + ROUNDS * SEEN + 1):
            self._admin.do(IssueTicket(service=SERVICE))
        self._ready = stack.enter_context(selectors.DefaultSelector())
        self._follow(stack)
        (folder / "sound").mkdir()
        self._sound = PrivateSound(folder / "sound")
        stack.callback(self._sound.close)
        token = self._premises.device(Role.DISPLAY)
        self._display = stack.enter_context(watched_display(self._premises.base, token, folder, self._sound.server))
        assert self._display.stdout
        self._ready.register(self._display.stdout, selectors.EVENT_READ)
        self._said = b""
        self._holding: str | None = None
        self._label = ""
        self.last_event = b""
        """The bytes of the last call, as a console had them."""

    def _follow(self, stack: ExitStack) -> None:
        """Consoles that follow the hall, and phones whose customers wait behind everybody who is called here."""
        tokens = [new_id() for _ in range(PHONES)]
        for token in tokens:
            self._admin.do(IssueTicket(service=SERVICE, token_hash=hash_of(token)))
        events = f"/api/v1/halls/{self._premises.hall}/events"
        pages = [events] * CONSOLES + [f"/t/{token}/events" for token in tokens]
        for connection, page in zip(
            stack.enter_context(connected(self._backend.addresses, len(pages))), pages, strict=True
        ):
            connection.sendall(self._backend.request("GET", page))
            answer = connection.recv(LONGEST)
            assert answer.startswith(b"HTTP/1.1 200"), answer
            self._ready.register(connection, selectors.EVENT_READ)

    # ── what happens ──

    def warm_up(self) -> None:
        """Wait until the display shows and says calls; the first one it may have found when it came."""
        self.call()
        self._until(self._is_shown_at)
        for _ in range(WARM_UP):
            self.call()
            self._until(lambda: b"silent\n" in self._said)
            self._go_on_for(PAUSE)

    def heard_call(self) -> float:
        """Seconds from a call until the first sound is heard where silence was."""
        self._sound.record()
        began = self.call()
        self._until(self._sound.anything_heard)
        took = time.monotonic() - began
        self._until(lambda: b"silent\n" in self._said)
        self._go_on_for(PAUSE)
        return took

    def seen_call(self) -> float:
        """Seconds from a call until the frame in which its number can be read."""
        began = self.call()
        self._until(self._is_shown_at)
        self._go_on_for(PAUSE)
        return self._is_shown_at() - began

    def call(self) -> float:
        """Call the next customer; when (time.monotonic)."""
        self._said = b""
        began = time.monotonic()
        ticket = self._admin.do(CallNext(point=POINT, holding=self._holding)).result["ticket"]
        self._holding, self._label = ticket["id"], ticket["label"]
        return began

    def rest(self) -> None:
        """Until every announcement is over, and no call is highlighted any more."""
        self._go_on_for(2 * WATCHED)

    def show_ticker(self) -> None:
        self._admin.do(DefineDisplay(id="hall", name="Hall", ticker=TICKER))
        self._go_on_for(1)

    def processor_time(self) -> float:
        """Processor time of the display and the process that plays its sounds while WATCHED goes by, in seconds."""
        before = _processor_seconds(self._display.pid)
        self._go_on_for(WATCHED)
        return _processor_seconds(self._display.pid) - before

    # ── what is seen and heard ──

    def _is_shown_at(self) -> float:
        """When the number called last was in the frame; 0 while it was not."""
        lines = [line.split() for line in self._said.decode().splitlines(keepends=True) if line.endswith("\n")]
        return next((float(words[2]) for words in lines if words[:2] == ["shown", self._label]), 0.0)

    def _go_on_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._until(lambda: time.monotonic() >= end)

    def _until(self, fact: Callable[[], object]) -> None:
        """Everybody receives what is sent to them meanwhile."""
        patience = time.monotonic() + 60
        while not fact():
            assert time.monotonic() < patience, "the display does not answer"
            for key, _ in self._ready.select(0.005):
                if key.fileobj is self._display.stdout:
                    self._said += os.read(key.fd, LONGEST)
                elif CALLED in (event := receive(key)):
                    self.last_event = event


def set_up(admin: Link) -> None:
    """A display, one announcement of each call, and a recording of each word."""
    hall = admin.snapshot()
    language = hall.settings.languages[0]
    admin.do(DefineHall(**{**vars(hall.settings), "announce_times": 1, "announce_gap": 0}))
    admin.do(DefineDisplay(id="hall", name="Hall"))
    with tempfile.TemporaryDirectory() as folder:
        _record(admin, hall, language, tone(Path(folder) / "word.wav", 30, 0.3).read_bytes())


def _record(admin: Link, hall: Hall, language: Language, sound: bytes) -> None:
    for part in parts_of(sound):
        admin.request(part)
    admin.request(StoreMedium(content=content_of(sound), name="word.wav", kind=MediumKind.CLIP))
    for word in vocabulary(hall, language):
        admin.do(RecordClip(language=language, says=word.key, content=content_of(sound)))


@contextmanager
def watched_display(address: str, token: str, folder: Path, sound: str) -> Iterator[subprocess.Popen[bytes]]:
    """The display as a program, on a screen of its own, heard on this sound server."""
    screen = {"name": "wall", "x": 0, "y": 0, "width": SCREEN[0], "height": SCREEN[1], "logicalDpi": 96, "dpr": 1}
    (folder / "screens.json").write_text(json.dumps({"screens": [screen]}))
    own = {
        "NOWSERVING_TOKEN": token,
        "NOWSERVING_LOG_LEVEL": "ERROR",
        "NOWSERVING_VOICE": "none",  # only what was recorded is said
        "NOWSERVING_MOTION": "full",
        "XDG_STATE_HOME": str(folder / "state"),
        "QT_QPA_PLATFORM": f"offscreen:configfile={folder / 'screens.json'}",
        "QT_LOGGING_RULES": "qt.multimedia*=false",
        "PULSE_SERVER": sound,
    }
    command = [sys.executable, "-m", "benchmarks.watched_display", "--hall", address]
    with subprocess.Popen(command, env={**os.environ, **own}, stdout=subprocess.PIPE) as running:
        try:
            yield running
        finally:
            running.terminate()


def _processor_seconds(process: int) -> float:
    """What a process and its children have used of the processor, in seconds."""
    folder = Path(f"/proc/{process}")
    after_name = (folder / "stat").read_text().rpartition(")")[2].split()  # proc(5): from the third field on
    children = "".join(file.read_text() for file in folder.glob("task/*/children")).split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK") + sum(
        _processor_seconds(int(p)) for p in children
    )
