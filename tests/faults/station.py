"""Stations as the real ones behave, without threads: they ask and ask again, and follow the hall through its events.

``shared/link/http_link.py`` and ``shared/ui/station.py`` are what is followed here: the same patience, one second try,
a fresh snapshot after a gap, an event that does not fit, or a long absence.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.hall.errors import Refused, Unreachable
from shared.hall.hall import Hall
from shared.hall.messages import Command, Happened
from shared.hall.roles import Actor, Role
from shared.hall.rules import evolve
from tests.faults.backend import HALL, Backend, Outcome
from tests.faults.bookkeeping import RequestContext
from tests.faults.line import Line
from tests.faults.world import World

PATIENCE = 4_500
"""Milliseconds a station waits for an answer."""

SOON = 1_000
"""Milliseconds within which a failure is tried once more by the link itself."""

SILENCE = 3_500
"""Milliseconds after which a silent stream is given up."""

STALE = 30_000
"""Milliseconds away after which only a snapshot helps."""

LOST = Unreachable("The hall does not answer.")


class Stream:
    """One listening line, from opening to its end; broken as soon as anything on it is lost."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.broken = False

    def open(self, after: int) -> None:
        """At the backend: what happened since, then what happens."""
        backend = self._station.backend
        if not backend.up or self.broken or after > backend.seq:
            self.break_()
            return
        for news in backend.after(after):
            self.tell(news)
        backend.watch(self)

    def tell(self, news: Happened) -> None:
        if not self.broken:
            self._station.line.send(lambda: self._arrive(news), self.break_)

    def break_(self) -> None:
        self.broken = True
        self._station.backend.leave(self)

    def _arrive(self, news: Happened) -> None:
        if not self.broken:
            self._station.heard(self, news)


class Station:
    """A device or a person at work: a line, a picture of the hall, and wishes of which one is under way at most."""

    def __init__(self, world: World, backend: Backend, books: RequestContext, name: str, role: Role) -> None:
        self.world = world
        self.backend = backend
        self.books = books
        self.name = name
        self.actor = Actor(name=name, role=role, hall=HALL if role is Role.KIOSK else None)
        self.line = Line(world, name)
        self.hall: Hall | None = None
        self.active = True
        self._seq: int | None = None
        self._stream: Stream | None = None
        self._alive = 0
        self._looking = False
        self._asking: object | None = None

    def start(self) -> None:
        """Switch it on."""
        self.line.trouble()
        self._look()
        self._live()

    def _live(self) -> None:
        self.world.later(self.pause(), self._live)
        if self.active or self.unfinished:
            self.act()

    # ── what each kind of station says ──

    def pause(self) -> int:
        """Milliseconds until it does something again."""
        return self.world.within(500, 5_000)

    def act(self) -> None:
        """A display only looks."""

    def noticed(self) -> None:
        """The picture has changed."""

    @property
    def unfinished(self) -> bool:
        """Whether something must still be asked, though nobody presses anything any more."""
        return False

    # ── up ──

    def ask(self, command: Command, answered: Callable[[Outcome], None], *, again: bool = True) -> None:
        """Send a command and wait for its answer, which may be that there was none."""
        began, attempt = self.world.now, object()
        self._asking = attempt
        self.books.sent(command, self.name)

        def arrived(outcome: Outcome) -> None:
            self.books.heard(command, outcome)
            if self._asking is not attempt:
                return
            if again and isinstance(outcome, Unreachable) and self.world.now - began <= SOON:
                self.ask(command, answered, again=False)
                return
            self._asking = None
            self.world.say(f"{self.name}: {command.type_name()} {command.command_id}: {_short(outcome)}")
            answered(outcome)

        def at_the_hall() -> None:
            outcome = self.backend.do(command, self.actor)
            if outcome is not None:
                self.line.send(lambda: arrived(outcome))

        self.line.send(at_the_hall)
        self.world.later(PATIENCE, lambda: arrived(LOST))

    # ── down ──

    def _look(self) -> None:
        """Now and then: is the stream still there?"""
        self.world.later(self.world.within(SILENCE // 2, SILENCE), self._look)
        if self._stream and not self._stream.broken and self.backend.up:
            self._alive = self.world.now
            return
        if not self._looking:
            self._follow()

    def _follow(self) -> None:
        if self._stream:
            self._stream.break_()
        if self._seq is None or self.world.now - self._alive > STALE:
            self._ask_for_snapshot()
            return
        stream = self._stream = Stream(self)
        after = self._seq
        self.line.send(lambda: stream.open(after), stream.break_)

    def _ask_for_snapshot(self) -> None:
        attempt = self._looking = True
        wanted = object()
        self._wanted = wanted

        def at_the_hall() -> None:
            if self.backend.up:
                hall = self.backend.snapshot()
                self.line.send(lambda: arrived(hall))

        def arrived(hall: Hall | None) -> None:
            if self._wanted is not wanted:
                return
            self._wanted = object()
            self._looking = not attempt
            if hall:
                self.hall, self._seq, self._alive = hall, hall.seq, self.world.now
                self.noticed()
                self._follow()

        self.line.send(at_the_hall)
        self.world.later(PATIENCE, lambda: arrived(None))

    def heard(self, stream: Stream, news: Happened) -> None:
        """One event, in order or not; anything but the very next one means: look afresh."""
        if stream is not self._stream or self._seq is None or self.hall is None:
            return
        try:
            if news.seq != self._seq + 1:
                raise ValueError(news.seq)
            self.hall = evolve(self.hall, news.event)
        except (KeyError, ValueError, TypeError, Refused):
            self.world.say(f"{self.name}: event {news.seq} does not fit after {self._seq}")
            self._seq = None
            if not self._looking:
                self._follow()
            return
        self._seq, self._alive = news.seq, self.world.now
        self.noticed()


def _short(outcome: Outcome) -> str:
    return str(getattr(outcome, "detail", "accepted"))
