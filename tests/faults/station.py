"""Simulated stations that behave as real ones, without threads: they send, retry, and follow the hall's events.

They mirror ``shared/link/http_link.py`` and ``shared/ui/station.py``: the same timeouts, one retry, a fresh snapshot
after a gap, an event that can't be applied, or a long outage.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.hall.errors import Refused, Unreachable
from shared.hall.hall import Hall
from shared.hall.messages import Command, Happened
from shared.hall.roles import Actor, Role
from shared.hall.rules import evolve
from tests.faults.backend import HALL, Backend, Outcome
from tests.faults.bookkeeping import Bookkeeping
from tests.faults.connection import Connection
from tests.faults.world import World

ANSWER_TIMEOUT = 4_500
"""Milliseconds a station waits for an answer."""

RETRY_WITHIN = 1_000
"""Milliseconds within which the link itself retries a failed command once."""

SILENCE = 3_500
"""Milliseconds of silence after which a stream is given up."""

STALE = 30_000
"""Milliseconds of outage after which only a snapshot helps."""

LOST = Unreachable("The hall does not answer.")


class Stream:
    """One event stream, from opening to its end; broken as soon as a message on it is lost."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.broken = False

    def open(self, after: int) -> None:
        """At the backend: send the events after this sequence number, then live ones."""
        backend = self._station.backend
        if not backend.up or self.broken or after > backend.seq:
            self.break_off()
            return
        for happened in backend.after(after):
            self.tell(happened)
        backend.watch(self)

    def tell(self, happened: Happened) -> None:
        if not self.broken:
            self._station.connection.send(lambda: self._arrive(happened), self.break_off)

    def break_off(self) -> None:
        self.broken = True
        self._station.backend.leave(self)

    def _arrive(self, happened: Happened) -> None:
        if not self.broken:
            self._station.apply_event(self, happened)


class Station:
    """A device or a person at work: a connection, a copy of the hall, and at most one command under way."""

    def __init__(self, world: World, backend: Backend, bookkeeping: Bookkeeping, name: str, role: Role) -> None:
        self.world = world
        self.backend = backend
        self.bookkeeping = bookkeeping
        self.name = name
        self.actor = Actor(name=name, role=role, hall=HALL if role is Role.KIOSK else None)
        self.connection = Connection(world, name)
        self.hall: Hall | None = None
        self.active = True
        self._seq: int | None = None
        self._stream: Stream | None = None
        self._alive_at = 0
        self._fetching = False
        self._attempt: object | None = None

    def start(self) -> None:
        """Switch it on."""
        self.connection.disturb()
        self._check_stream()
        self._act_again()

    def _act_again(self) -> None:
        self.world.later(self.pause(), self._act_again)
        if self.active or self.unfinished:
            self.act()

    # ── what each kind of station overrides ──

    def pause(self) -> int:
        """Milliseconds until it acts again."""
        return self.world.within(500, 5_000)

    def act(self) -> None:
        """Do nothing: a display only shows the hall."""

    def hall_changed(self) -> None:
        """The copy of the hall has changed."""

    @property
    def unfinished(self) -> bool:
        """Whether a command must still be sent, though nobody presses anything any more."""
        return False

    # ── up ──

    def send_command(self, command: Command, answered: Callable[[Outcome], None], *, again: bool = True) -> None:
        """Send a command and wait for its answer, or Unreachable at the timeout."""
        began, attempt = self.world.now, object()
        self._attempt = attempt
        self.bookkeeping.sent(command, self.name)

        def on_arrival(outcome: Outcome) -> None:
            self.bookkeeping.heard(command, outcome)
            if self._attempt is not attempt:
                return
            if again and isinstance(outcome, Unreachable) and self.world.now - began <= RETRY_WITHIN:
                self.send_command(command, answered, again=False)
                return
            self._attempt = None
            self.world.say(f"{self.name}: {command.type_name()} {command.command_id}: {_short(outcome)}")
            answered(outcome)

        def at_the_backend() -> None:
            outcome = self.backend.do(command, self.actor)
            if outcome is not None:
                self.connection.send(lambda: on_arrival(outcome))

        self.connection.send(at_the_backend)
        self.world.later(ANSWER_TIMEOUT, lambda: on_arrival(LOST))

    # ── down ──

    def _check_stream(self) -> None:
        """Now and then check whether the stream is alive."""
        self.world.later(self.world.within(SILENCE // 2, SILENCE), self._check_stream)
        if self._stream and not self._stream.broken and self.backend.up:
            self._alive_at = self.world.now
            return
        if not self._fetching:
            self._follow_events()

    def _follow_events(self) -> None:
        if self._stream:
            self._stream.break_off()
        if self._seq is None or self.world.now - self._alive_at > STALE:
            self._fetch_snapshot()
            return
        stream = self._stream = Stream(self)
        after = self._seq
        self.connection.send(lambda: stream.open(after), stream.break_off)

    def _fetch_snapshot(self) -> None:
        self._fetching = True
        request = object()
        self._snapshot_request = request

        def at_the_backend() -> None:
            if self.backend.up:
                hall = self.backend.snapshot()
                self.connection.send(lambda: on_arrival(hall))

        def on_arrival(hall: Hall | None) -> None:
            if self._snapshot_request is not request:
                return
            self._snapshot_request = object()
            self._fetching = False
            if hall:
                self.hall, self._seq, self._alive_at = hall, hall.seq, self.world.now
                self.hall_changed()
                self._follow_events()

        self.connection.send(at_the_backend)
        self.world.later(ANSWER_TIMEOUT, lambda: on_arrival(None))

    def apply_event(self, stream: Stream, happened: Happened) -> None:
        """Apply one event; anything but the very next one calls for a fresh snapshot."""
        if stream is not self._stream or self._seq is None or self.hall is None:
            return
        try:
            if happened.seq != self._seq + 1:
                raise ValueError(happened.seq)
            self.hall = evolve(self.hall, happened.event)
        except (KeyError, ValueError, TypeError, Refused):
            self.world.say(f"{self.name}: event {happened.seq} does not fit after {self._seq}")
            self._seq = None
            if not self._fetching:
                self._follow_events()
            return
        self._seq, self._alive_at = happened.seq, self.world.now
        self.hall_changed()


def _short(outcome: Outcome) -> str:
    return str(getattr(outcome, "detail", "accepted"))
