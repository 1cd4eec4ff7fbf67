"""Announces calls one at a time: the picture at once, the sound in turn; a backlog shortens itself.

An announcement that has begun is never cut off: what is said is said to its end, then the next call has its turn.
Whatever fails, the turn passes on: a sound that can't be heard is left out, the picture comes without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from display.announcing.loud_call import LoudCall, is_open, next_loud_call, percent_at
from display.announcing.speech import Saying
from shared.hall.display_values import Display
from shared.hall.field_types import Language
from shared.hall.hall import Hall
from shared.hall.time_zones import local
from shared.hall.units import Milliseconds
from shared.hall.values import Call
from shared.requests.devices import SoundFault
from shared.ui.event_loop import RESOURCES
from shared.voice.voice import Utterance

log = logging.getLogger(__name__)

CHIME = RESOURCES / "sounds" / "chime.wav"

VOICE_WAIT: Milliseconds = 1_000
"""How long after the chime a voice is waited for."""

BREATH: Milliseconds = 500
"""Silence before the same is said again."""

SILENT_TURN: Milliseconds = 1_000
"""How long the picture of a call has its turn where nothing is heard."""

SETTLE: Milliseconds = 1_000
"""How long the first announcement waits after an outage: what comes after its call may say that it is over."""

Shown: TypeAlias = tuple[Hall, Display]
Resume: TypeAlias = Callable[[Any], None]
Step: TypeAlias = Callable[[Resume], None]
"""Begins something, and passes on its result when it is over; more than once does no harm."""


class PlaysSounds(Protocol):
    """Plays one sound at a time."""

    @property
    def fault(self) -> str:
        """Why nothing can be heard now; empty as far as is known."""

    def play(self, sound: Path, percent: int, done: Callable[[str], None]) -> None:
        """Play it to its end, then call ``done`` with what went wrong, or with nothing."""


class MakesSpeech(Protocol):
    """Makes what is said into sounds."""

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        """Begin to make these; ``done`` is called once all of them are made, or can't be."""


def after(interval: Milliseconds, act: Callable[[], None]) -> None:
    QTimer.singleShot(interval, act)


class Announcer(QObject):
    """Announces calls in turn; those that have to wait are its backlog."""

    announced = Signal(str)
    """The turn of this ticket has come."""
    queued = Signal(str)
    """This ticket was called, and waits for its turn to be said."""
    changed = Signal()
    """``announcing`` or ``crowded`` changed."""

    def __init__(
        self,
        shown: Callable[[], Shown | None],
        player: PlaysSounds | None,
        speech: MakesSpeech,
        wall: Callable[[], datetime],
        *,
        silent_turn: Milliseconds = SILENT_TURN,
        later: Callable[[Milliseconds, Callable[[], None]], None] = after,
        parent: QObject | None = None,
    ) -> None:
        """``shown`` is the hall and the display as they are now; without a player, only pictures come in turn."""
        super().__init__(parent)
        self.backlog: list[Call] = []
        self.announcing = False
        """Whether it is somebody's turn; the media beside the calls are quiet meanwhile."""
        self.crowded = False
        """Whether so many were called that one announcement stands for all of them."""
        self._shown = shown
        self._player = player
        self._speech = speech
        self._wall = wall
        self._silent_turn = silent_turn
        self._later = later
        self._turns: Generator[Step, Any, None] | None = None
        self._unheard: dict[str, Call] = {}
        """By ticket: calls whose announcement the sound device broke off, to be said once it is back."""
        self._said_again: set[Call] = set()
        self._unsaid: dict[Language, str] = {}
        """Why what was to be said last in a language was not heard; none of those in which it was."""

    # ── what comes in ──

    def announce(self, call: Call, *, late: bool = False) -> None:
        """Announce this call after those in the backlog; one that is in it already is announced once.

        ``late`` if it reaches this display together with other events that were held up.
        """
        shown = self._shown()
        if shown is None or not is_open(*shown, call):
            return
        self._queue(call)
        if self._turns is None:
            self._turns = self._take_turns(SETTLE if late else 0)
            self._go_on(None)
        elif not late:
            self.queued.emit(call.ticket)

    def sound_is_back(self, is_young: Callable[[Call], bool]) -> None:
        """Announce, once more and no more, the young calls that were not heard because the sound device was gone."""
        unheard, self._unheard = self._unheard, {}
        self._said_again &= set(unheard.values())
        for call in unheard.values():
            if call not in self._said_again and is_young(call):
                self._said_again.add(call)
                self.announce(call, late=True)

    def close(self) -> None:
        """Announce nothing more."""
        self._turns = None
        self.backlog.clear()

    @property
    def fault(self) -> str:
        """Why calls can't be heard as they should; empty if they can, or should not be heard at all."""
        shown = self._shown()
        if self._player is None or (shown and not shown[1].speaks):
            return ""
        return self._player.fault or next(iter(self._unsaid.values()), "")

    def _queue(self, call: Call) -> None:
        """Put it last; a recall takes the place of its earlier call."""
        for at, waiting in enumerate(self.backlog):
            if (waiting.ticket, waiting.point) == (call.ticket, call.point):
                self.backlog[at] = call
                return
        self.backlog = [waiting for waiting in self.backlog if waiting.ticket != call.ticket] + [call]

    # ── one turn after another ──

    def _take_turns(self, settle: Milliseconds) -> Generator[Step, Any, None]:
        if settle:
            yield self._pause(settle)
        while turn := self._next():
            for call in turn.calls:
                self._unheard.pop(call.ticket, None)
                self.announced.emit(call.ticket)
            self._show(announcing=True, crowded=turn.stands_for_many)
            if percent := self._percent():
                yield from self._chime_and_say(turn, percent)
                self._show(announcing=bool(self.backlog), crowded=self.crowded and bool(self.backlog))
                yield self._pause(turn.gap)
            else:
                yield self._pause(self._silent_turn)
        self._show(announcing=False, crowded=False)

    def _next(self) -> LoudCall | None:
        """What to announce now, taken from the backlog; calls that are over are dropped from it."""
        shown = self._shown()
        self.backlog = [call for call in self.backlog if shown and is_open(*shown, call)]
        if not shown or not self.backlog:
            return None
        turn = next_loud_call(*shown, self.backlog)
        del self.backlog[: len(turn.calls)]
        return turn

    def _chime_and_say(self, turn: LoudCall, percent: int) -> Generator[Step, Any, None]:
        sayings: list[Saying] = []
        made = _Once()
        if turn.times:
            sayings = self._speech.make(turn.utterances, lambda: made(None))
        if self._broken_off(turn, (yield self._play(CHIME, percent))):
            return
        if not all(saying.is_made for saying in sayings):
            yield lambda resume: self._wait_for(made, resume)
        for time in range(turn.times):
            if time:
                yield self._pause(BREATH)
            if time and not self._goes_on(turn):
                return
            for utterance, saying in zip(turn.utterances, sayings, strict=True):
                fault = saying.fault
                if saying.sound and self._broken_off(turn, fault := (yield self._play(saying.sound, percent))):
                    return
                self._note(utterance.language, fault)

    def _note(self, language: Language, fault: str) -> None:
        """Remember why something was not said until the same language is heard again: nobody else would find out."""
        if fault:
            log.warning("a call is not said in %s: %s", language, fault)
            self._unsaid[language] = fault
        else:
            self._unsaid.pop(language, None)

    def _goes_on(self, turn: LoudCall) -> bool:
        """Whether it is worth saying again: nobody else waits, and the customer has not come."""
        shown = self._shown()
        return not self.backlog and shown is not None and any(is_open(*shown, call) for call in turn.calls)

    def _broken_off(self, turn: LoudCall, fault: str) -> bool:
        """Whether nothing more of it can be heard; a file that is broken is only left out."""
        if not fault or fault == SoundFault.BROKEN:
            return False
        log.warning("%s can't be heard: %s", ", ".join(call.label for call in turn.calls), fault)
        if turn.times and fault != SoundFault.NO_DEVICE:  # which the player knows, and when it is over
            self._unsaid.update((utterance.language, fault) for utterance in turn.utterances)
        unheard = {**self._unheard, **{call.ticket: call for call in turn.calls}}
        shown = self._shown()
        self._unheard = {ticket: call for ticket, call in unheard.items() if shown and is_open(*shown, call)}
        return True

    def _percent(self) -> int:
        """How loud it is to be now; 0 if nothing is to be heard."""
        shown = self._shown()
        if shown is None or self._player is None or not shown[1].speaks:
            return 0
        settings = shown[0].settings
        return percent_at(settings, local(settings, self._wall()).time())

    def _show(self, *, announcing: bool, crowded: bool) -> None:
        if (announcing, crowded) != (self.announcing, self.crowded):
            self.announcing, self.crowded = announcing, crowded
            self.changed.emit()

    # ── steps ──

    def _go_on(self, result: object) -> None:
        """Go on with the turns until something has to be waited for."""
        if self._turns is None:
            return
        try:
            step = self._turns.send(result)
        except StopIteration:
            self._turns = None
        else:
            step(_Once(self._go_on))

    def _pause(self, interval: Milliseconds) -> Step:
        return lambda resume: self._later(interval, lambda: resume(None))

    def _play(self, sound: Path, percent: int) -> Step:
        player = self._player
        assert player
        return lambda resume: player.play(sound, percent, resume)

    def _wait_for(self, made: _Once, resume: Resume) -> None:
        """Until everything that is said is made, but not for long."""
        made.then(resume)
        self._later(VOICE_WAIT, lambda: resume(None))


class _Once:
    """Passes on the first result it is given, even one that came before anybody asked, and no other."""

    def __init__(self, act: Resume | None = None) -> None:
        self._act = act
        self._came = False

    def __call__(self, result: Any) -> None:
        if not self._came:
            self._came = True
            if self._act:
                self._act(result)

    def then(self, act: Resume) -> None:
        self._act = act
        if self._came:
            act(None)
