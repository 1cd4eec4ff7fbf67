"""What is announced next: which calls, how, in which languages, how often, how loud; decided by rules alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from display.screen.hall_as_shown import languages_of, shows
from shared.hall.display_values import Display
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.units import Milliseconds
from shared.hall.values import Call, TicketState
from shared.voice.calls import call_utterance, several_calls_utterance, short_call_utterance
from shared.voice.voice import Utterance

MOST_IN_FULL = 2
"""With more calls than this to announce, each is said in its short form."""

MOST_SAID = 5
"""With more than this, all are announced as one. Nobody waits much longer than half a minute to be called by name."""

MOST_LANGUAGES = 3
"""Of the sentence that stands for many calls."""


@dataclass(frozen=True)
class LoudCall:
    """One chime, and what is said after it."""

    calls: tuple[Call, ...]
    utterances: tuple[Utterance, ...]
    """What is said, one after another: the same in each language."""
    times: int
    """How often they are said, as long as nobody else waits to be called."""
    gap: Milliseconds
    """The silence after it."""

    @property
    def stands_for_many(self) -> bool:
        return len(self.calls) > 1


def is_open(hall: Hall, display: Display, call: Call) -> bool:
    """Whether this customer is still expected at this point, and this display is one that shows the call."""
    ticket = hall.tickets.get(call.ticket)
    expected = ticket is not None and ticket.state is TicketState.CALLED and ticket.point == call.point
    return expected and shows(display, call.service, call.point, call.precedence)


def next_loud_call(hall: Hall, display: Display, calls: Sequence[Call]) -> LoudCall:
    """The first of these open calls, shorter the more of them there are; all of them if there are too many."""
    times, gap = hall.settings.announce_times, 1000 * hall.settings.announce_gap
    first, main = calls[0], languages_of(hall, display)[0]
    if len(calls) > MOST_SAID:
        others = [call.language for call in calls if call.language in languages_of(hall, display)]
        languages = list(dict.fromkeys((main, *others)))[:MOST_LANGUAGES]
        several = dict.fromkeys(several_calls_utterance(hall, language) for language in languages)
        return LoudCall(tuple(calls), tuple(several), min(times, 1), gap)
    say = call_utterance if len(calls) <= MOST_IN_FULL else short_call_utterance
    spoken = first.language if first.language in languages_of(hall, display) else main
    said = tuple(say(hall, first, language) for language in dict.fromkeys((spoken, main)))
    return LoudCall((first,), said, times if len(calls) == 1 else min(times, 1), gap)


def percent_at(settings: HallSettings, now: time) -> int:
    """How loud the hall wants its announcements at this local time, 0 to 100."""
    volumes = sorted(settings.volumes, key=lambda volume: volume.since)
    begun = [volume for volume in volumes if volume.since <= now] or volumes  # before the first: as since last night
    return begun[-1].percent if begun else 100
