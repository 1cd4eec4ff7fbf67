"""Bursts of calls against the real announcer in a time of its own: voices fail, devices go, the hall is away."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from display.announcing.announcer import CHIME, Announcer
from display.announcing.new_calls import YOUNG, NewCalls
from display.announcing.speech import Saying
from shared.hall.calling import CallNext, CallTicket, Recall, TicketCalled, TicketRecalled
from shared.hall.display_values import Display, Volume
from shared.hall.errors import Refused
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command, Event
from shared.hall.points import ActivatePoint
from shared.hall.rules import decide, evolve
from shared.hall.serving import MarkNoShow, Placement, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefinePoint
from shared.hall.units import Milliseconds
from shared.hall.values import Call, Moment, TicketState
from shared.requests.devices import SoundFault
from shared.voice.voice import Utterance
from tests.memory_link import clinic

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONGEST: Milliseconds = 4_000
"""Of a sound."""

LONGEST_WAIT: Milliseconds = 100_000
"""For a call to be said, with the slowest sounds and the longest silences of these bursts."""


class Time:
    """A clock that stands still but while somebody waits on it."""

    def __init__(self) -> None:
        self.now: Milliseconds = 0
        self._due: list[tuple[Milliseconds, int, Callable[[], None]]] = []
        self._numbers = count()

    def later(self, interval: Milliseconds, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + interval, next(self._numbers), act))

    def pass_until(self, end: Milliseconds) -> None:
        while self._due and self._due[0][0] <= end:
            self.now, _, act = heapq.heappop(self._due)
            act()
        self.now = max(self.now, end)


@dataclass
class Played:
    sound: str
    began: Milliseconds
    ended: Milliseconds | None = None
    fault: str = ""


class LoudPlayer:
    """Plays nothing, but takes its time, and keeps a record; its device may go and come back."""

    def __init__(self, time: Time, luck: random.Random, faults: list[str]) -> None:
        self.fault = ""
        self.played: list[Played] = []
        self.gone = False
        self._time = time
        self._luck = luck
        self._faults = faults
        self._done: Callable[[str], None] | None = None

    def play(self, sound: Path, percent: int, done: Callable[[str], None]) -> None:
        if self._done:
            self._faults.append(f"overlapping: {sound.name} begins before {self.played[-1].sound} has ended")
        now, self._done = Played(sound.name, self._time.now), done
        self.played.append(now)
        if self.gone:
            self._time.later(900, lambda: self._end(now, SoundFault.NO_DEVICE))
        elif self._luck.random() < 0.02:
            self._time.later(1, lambda: self._end(now, SoundFault.BROKEN))
        else:
            self._time.later(self._luck.randint(300, LONGEST), lambda: self._end(now, ""))

    def take_away(self) -> None:
        self.gone = True
        self.fault = SoundFault.NO_DEVICE
        if self._done:
            now = self.played[-1]
            self._time.later(900, lambda: self._end(now, SoundFault.STUCK))

    def _end(self, played: Played, fault: str) -> None:
        if played.ended is not None or played is not self.played[-1]:
            return
        played.ended, played.fault = self._time.now, fault
        done, self._done = self._done, None
        assert done
        done(fault)


class FickleSpeech:
    """Makes sounds sooner or later, or never."""

    def __init__(self, time: Time, luck: random.Random) -> None:
        self.made: list[list[str]] = []
        """Of each announcement, the sounds that were ready in time."""
        self._time = time
        self._luck = luck

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        sayings = [Saying() for _ in utterances]
        ready: list[str] = []
        self.made.append(ready)
        for number, (saying, utterance) in enumerate(zip(sayings, utterances, strict=True)):
            name = f"{utterance.language} {' '.join(word.text for word in utterance.words)}"
            takes = self._luck.choice((0, 5, 100, 600, None)) if self._luck.random() < 0.3 else 5
            if takes is None:  # it hangs
                continue
            fails = self._luck.random() < 0.05
            if not fails:
                ready.append(name)
            self._time.later(takes + number, lambda s=saying, n=name, f=fails: self._make(s, n, f, sayings, done))
        return sayings

    def _make(
        self, saying: Saying, name: str, fails: bool, all_of_them: list[Saying], done: Callable[[], None]
    ) -> None:
        saying.is_made = True
        saying.sound = None if fails else Path(name)
        if all(one.is_made for one in all_of_them):
            done()


class Followed(QObject):
    """What a display follows: a hall whose events arrive at once, or after an outage, one by one or as a snapshot."""

    changed, reachable_changed = Signal(), Signal()
    event_happened, caught_up = Signal(object), Signal(object)

    def __init__(self, hall: Hall) -> None:
        super().__init__()
        self.hall: Hall | None = hall

    def arrives(self, event: Event) -> None:
        assert self.hall
        self.hall = evolve(self.hall, event)
        self.event_happened.emit(event)

    def snapshot(self, hall: Hall) -> None:
        before, self.hall = self.hall, hall
        self.caught_up.emit(before)


@dataclass
class Turn:
    tickets: list[str]
    at: Milliseconds
    first_sound: int
    """Its place among all sounds."""


@dataclass
class Burst:
    """One hall, one display, and what goes wrong there; ``faults`` is what was not as promised."""

    seed: int
    faults: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.luck = luck = random.Random(self.seed)
        self.time = Time()
        self.real = _hall(luck)
        self.display = Display(id="hall", name="", services=("tests",) if luck.random() < 0.2 else ())
        self.link = Followed(self.real)
        self.away: list[Event] | None = None
        self.player = LoudPlayer(self.time, luck, self.faults)
        self.speech = FickleSpeech(self.time, luck)
        self.announcer = Announcer(
            lambda: (self.link.hall, self.display),
            self.player,
            self.speech,
            lambda: BEGAN + timedelta(milliseconds=self.time.now),
            later=self.time.later,
        )
        self.calls = NewCalls(self.link, lambda: self.time.now)
        self.calls.called.connect(lambda call, late: self.announcer.announce(call, late=late))
        self.announcer.announced.connect(self._announced)
        self.announcer.queued.connect(lambda ticket: self.pictured.add((ticket, self.time.now)))
        self.pictured: set[tuple[str, Milliseconds]] = set()
        self.too_old: set[Call] = set()
        """Calls that came so late that nobody is to hear of them."""
        self.waiting: dict[str, tuple[Call, Milliseconds]] = {}
        """Calls that have to be announced yet, and since when."""

    # ── what happens ──

    def run(self) -> list[str]:
        for _ in range(self.luck.randint(5, 25)):
            self.time.pass_until(self.time.now + self.luck.choice((0, 0, 50, 300, 2_000, 9_000)))
            self._mishap()
            for command in self._commands():
                self._do(command)
        if self.away is not None:
            self._return()
        self._give_back()
        self.time.pass_until(self.time.now + 30 * 60_000)
        self._check()
        return self.faults

    def _commands(self) -> Iterator[Command]:
        hall, luck = self.real, self.luck
        point = luck.choice(list(hall.points.values()))
        if point.ticket is None:
            language = luck.choice(("en", "de", "ar", "ru"))
            yield IssueTicket(service=luck.choice(point.services), language=language)
            yield CallNext(point=point.id)
            return
        kind = luck.choice(
            (Recall, Recall, CallNext, CallNext, CallNext, StartService, MarkNoShow, TransferTicket, "back", "gone")
        )
        if kind is CallNext:
            yield IssueTicket(service=luck.choice(point.services), language=luck.choice(("en", "ru")))
            yield CallNext(point=point.id, holding=point.ticket)
        elif kind is TransferTicket:
            yield TransferTicket(point=point.id, ticket=point.ticket, to_service="tests", place=Placement.KEEP_DUE)
        elif kind == "back":
            yield ReturnToQueue(point=point.id, ticket=point.ticket)
            other = luck.choice(list(hall.points.values()))
            yield CallTicket(point=other.id, ticket=point.ticket)
        elif kind == "gone":
            yield ReturnToQueue(point=point.id, ticket=point.ticket)
            yield CancelTicket(ticket=point.ticket)
        else:
            yield kind(point=point.id, ticket=point.ticket)

    def _do(self, command: Command) -> None:
        try:
            events = decide(self.real, command, Moment(BEGAN + timedelta(milliseconds=self.time.now), self.time.now))
        except Refused:
            return
        for event in events:
            self.real = evolve(self.real, event)
            if self.away is not None:
                self.away.append(event)
                continue
            self.link.arrives(event)
            if isinstance(event, (TicketCalled, TicketRecalled)):
                self._expect(self.real.calls[0])
        self._forget_those_over()

    def _mishap(self) -> None:
        dice = self.luck.random()
        if dice < 0.03 and not self.player.gone:
            self.player.take_away()
        elif dice < 0.1 and self.player.gone:
            self._give_back()
        elif dice < 0.13 and self.away is None:
            self.away = []
        elif dice < 0.25 and self.away is not None:
            self.time.pass_until(self.time.now + self.luck.choice((0, 5_000, 50_000, 90_000)))
            self._return()

    def _return(self) -> None:
        """After an outage come the events one by one, or a snapshot."""
        missed, self.away = self.away, None
        assert missed is not None
        before = self.link.hall
        if self.luck.random() < 0.5:
            self.link.snapshot(self.real)
        else:
            self.link.reachable_changed.emit()
            for event in missed:
                self.link.arrives(event)
        assert before
        self.waiting = {ticket: kept for ticket, kept in self.waiting.items() if self._is_open(kept[0])}
        called = {event.ticket for event in missed if isinstance(event, (TicketCalled, TicketRecalled))}
        for call in self.real.calls:
            ticket = self.real.tickets.get(call.ticket)
            if call.ticket not in called or ticket is None:
                continue
            if self.time.now - (ticket.last_call or 0) < YOUNG:
                self._expect(call, late=True)
            else:
                self.too_old.add(call)

    def _give_back(self) -> None:
        if self.player.gone:
            self.player.gone, self.player.fault = False, ""
            self.announcer.sound_is_back(self.calls.is_young)

    # ── what is promised ──

    def _expect(self, call: Call, *, late: bool = False) -> None:
        if not self._is_open(call):
            return
        if not late and (call.ticket, self.time.now) not in self.pictured:
            self.faults.append(f"{call.label}: the picture does not come with the call")
        if not any(call.ticket in turn.tickets and turn.at == self.time.now for turn in self.turns):
            self.waiting[call.ticket] = call, self.time.now

    def _forget_those_over(self) -> None:
        if self.away is None:
            self.waiting = {ticket: kept for ticket, kept in self.waiting.items() if self._is_open(kept[0])}

    def _is_open(self, call: Call) -> bool:
        ticket = (self.link.hall or self.real).tickets.get(call.ticket)
        shown = not self.display.services or call.service in self.display.services
        return shown and ticket is not None and ticket.state is TicketState.CALLED and ticket.point == call.point

    def _announced(self, ticket: str) -> None:
        now = self.time.now
        self.pictured.add((ticket, now))
        call = next(call for call in self.link.hall.calls if call.ticket == ticket)
        if not self._is_open(call):
            self.faults.append(f"stale: {call.label} is announced though nobody waits for that customer")
        if call in self.too_old:
            self.faults.append(f"stale: {call.label} was called too long ago")
        if now - self.waiting.get(ticket, (call, now))[1] > LONGEST_WAIT:
            self.faults.append(f"late: {call.label} waited too long")
        if self.turns and self.turns[-1].at == now and self.turns[-1].first_sound == len(self.player.played):
            self.turns[-1].tickets.append(ticket)
        else:
            self.turns.append(Turn([ticket], now, len(self.player.played)))
        self.waiting.pop(ticket, None)

    def _check(self) -> None:
        self.faults += [f"lost: {call.label} was never announced" for call, _ in self.waiting.values()]
        if self.announcer.backlog or self.announcer.announcing or self.announcer.crowded:
            self.faults.append("the announcer does not come to its end")
        ends = [*(turn.first_sound for turn in self.turns), len(self.player.played)][1:]
        made = iter(self.speech.made)
        gap = 1000 * self.real.settings.announce_gap
        silent_since: Milliseconds | None = None
        for turn, end in zip(self.turns, ends, strict=False):
            heard = self.player.played[turn.first_sound : end]
            if not heard:
                self.faults.append(f"cut: nothing at all is played for {turn.tickets}")
                continue
            if silent_since is not None and heard[0].began - silent_since < gap:
                self.faults.append("no silence before an announcement")
            silent_since = heard[-1].ended
            self._check_one(heard, next(made) if self.real.settings.announce_times else [])

    def _check_one(self, heard: list[Played], made: list[str]) -> None:
        if heard[0].sound != CHIME.name:
            self.faults.append("an announcement begins without its chime")
        if any(one.ended is None for one in heard):
            self.faults.append("cut: a sound has not ended")
        fatal = {SoundFault.NO_DEVICE, SoundFault.STUCK} & {one.fault for one in heard}
        said = [one.sound for one in heard[1:]]
        whole = [made * times for times in range(1, self.real.settings.announce_times + 1)] or [[]]
        if not fatal and said not in whole:
            self.faults.append(f"cut: {made} were made, {said} were said")


def _hall(luck: random.Random) -> Hall:
    hall = HALL
    volumes = (Volume(since=BEGAN.time(), percent=luck.choice((40, 100))),) if luck.random() < 0.3 else ()
    times, gap = luck.choice((0, 1, 1, 2, 3)), luck.choice((0, 2, 5))
    return replace(hall, settings=replace(hall.settings, announce_times=times, announce_gap=gap, volumes=volumes))


def _opened() -> Hall:
    hall = replace(clinic(), order=0)
    for number in range(3, 11):
        more = DefinePoint(
            id=str(number), serial_number=number, name=f"Desk {number}", services=("registration", "tests")
        )
        hall = after_commands(hall, more)
    return after_commands(hall, *(ActivatePoint(point=point) for point in hall.points))


def after_commands(hall: Hall, *commands: Command, at: Milliseconds = 0) -> Hall:
    for command in commands:
        for event in decide(hall, command, Moment(BEGAN + timedelta(milliseconds=at), at)):
            hall = evolve(hall, event)
    return hall


def called(hall: Hall, point: str, language: str = "en", at: Milliseconds = 0) -> Hall:
    """A customer came and was called to this point."""
    service = hall.points[point].services[0]
    return after_commands(hall, IssueTicket(service=service, language=language), CallNext(point=point), at=at)


HALL = _opened()
