"""Calls are announced one at a time, whole, and none is lost; the picture never waits, a failure passes the turn on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from display.announcing.announcer import CHIME, SILENT_TURN, VOICE_WAIT, Announcer
from display.announcing.speech import BackgroundSpeech, Saying
from shared.hall.calling import Recall
from shared.hall.display_values import Display, Volume
from shared.hall.serving import StartService
from shared.hall.units import MINUTE
from shared.requests.devices import SoundFault
from shared.voice.voice import SpeechError, Utterance
from tests.display.bursts import BEGAN, HALL, Burst, Time, after_commands, called
from tests.display.waiting_room import Room
from tests.memory_link import MemoryLink

CHIME_TAKES, SAYING_TAKES = 1_000, 2_000


class SteadyPlayer:
    """Plays every sound for as long as such a sound takes; what it is told to fail at fails."""

    def __init__(self, time: Time) -> None:
        self.fault = ""
        self.time = time
        self.heard: list[tuple[int, str]] = []
        self.loudness: list[int] = []
        self.fails: dict[str, str] = {}

    def play(self, sound: Path, percent: int, done: Callable[[str], None]) -> None:
        self.heard.append((self.time.now, sound.name))
        self.loudness.append(percent)
        takes = CHIME_TAKES if sound == CHIME else SAYING_TAKES
        self.time.later(takes, lambda: done(self.fails.pop(sound.name, "")))


class SteadySpeech:
    """Says each utterance as its language and number, after the time each language takes, or never."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.takes: dict[str, int | None] = {}

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        sayings = [Saying() for _ in utterances]
        for saying, utterance in zip(sayings, utterances, strict=True):
            name = f"{utterance.language} {''.join(word.text for word in utterance.words if len(word.text) < 4)}"
            if (takes := self.takes.get(utterance.language, 10)) is not None:
                self.time.later(takes, lambda s=saying, n=name: self.made(s, n, sayings, done))
        return sayings

    def made(self, saying: Saying, name: str, sayings: list[Saying], done: Callable[[], None]) -> None:
        saying.sound, saying.fault, saying.is_made = Path(name), "", True
        if all(one.is_made for one in sayings):
            done()


class Stage:
    """A hall in which calls happen, and an announcer that hears of them."""

    def __init__(self, *, sound: bool = True, **settings: Any) -> None:
        self.hall = replace(HALL, settings=replace(HALL.settings, **settings))
        self.display = Display(id="hall", name="")
        self.time = Time()
        self.player = SteadyPlayer(self.time)
        self.speech = SteadySpeech(self.time)
        self.announced: list[tuple[int, str]] = []
        self.queued: list[str] = []
        self.announcer = Announcer(
            lambda: (self.hall, self.display),
            self.player if sound else None,
            self.speech,
            lambda: BEGAN + timedelta(milliseconds=self.time.now),
            later=self.time.later,
        )
        self.announcer.announced.connect(lambda ticket: self.announced.append((self.time.now, self.label(ticket))))
        self.announcer.queued.connect(lambda ticket: self.queued.append(self.label(ticket)))

    def label(self, ticket: str) -> str:
        return self.hall.ticket(ticket).label

    def call(self, *points: str, language: str = "en", late: bool = False) -> None:
        for point in points:
            self.hall = called(self.hall, point, language, self.time.now)
            self.announcer.announce(self.hall.calls[0], late=late)

    def comes(self, point: str) -> None:
        ticket = self.hall.points[point].ticket
        assert ticket
        self.hall = after_commands(self.hall, StartService(point=point, ticket=ticket), at=self.time.now)

    @property
    def sounds(self) -> list[str]:
        return [sound for _, sound in self.player.heard]

    @property
    def labels(self) -> list[str]:
        return [label for _, label in self.announced]


def test_one_call_is_a_chime_then_the_customers_language_then_the_halls(qapp) -> None:
    stage = Stage(announce_gap=2)
    stage.call("1", language="de")
    assert stage.announced == [(0, "A001")] and stage.player.heard == [(0, CHIME.name)]  # both at once
    stage.time.pass_until(MINUTE)
    assert [sound.split()[0] for sound in stage.sounds] == [CHIME.name, "de", "en"]
    assert [at for at, _ in stage.player.heard] == [0, CHIME_TAKES, CHIME_TAKES + SAYING_TAKES]
    assert not stage.announcer.announcing


def test_the_next_call_waits_for_the_end_and_the_silence_after_it_but_its_picture_does_not(qapp) -> None:
    stage = Stage(announce_gap=2)
    stage.call("1")
    stage.time.pass_until(1_500)
    stage.call("2")
    assert stage.queued == ["B001"] and stage.labels == ["A001"]
    stage.time.pass_until(MINUTE)
    assert stage.announced[1] == (CHIME_TAKES + SAYING_TAKES + 2_000, "B001")
    assert len(stage.sounds) == 4


def test_a_call_is_repeated_until_somebody_else_waits_or_the_customer_comes(qapp) -> None:
    alone, not_alone, gone = Stage(announce_times=3), Stage(announce_times=3), Stage(announce_times=3)
    for stage in (alone, not_alone, gone):
        stage.call("1")
        stage.time.pass_until(CHIME_TAKES + 100)
    not_alone.call("2")
    gone.comes("1")
    for stage in (alone, not_alone, gone):
        stage.time.pass_until(MINUTE)
    assert len(alone.sounds) == 1 + 3
    assert len(not_alone.sounds) == (1 + 1) + (1 + 3)
    assert len(gone.sounds) == 1 + 1


def test_a_hall_that_wants_no_voice_gets_its_chime(qapp) -> None:
    stage = Stage(announce_times=0)
    stage.call("1", "2")
    stage.time.pass_until(MINUTE)
    assert stage.sounds == [CHIME.name] * 2


def test_one_announcement_stands_for_a_crowd_and_the_screen_says_so(qapp) -> None:
    stage = Stage()
    said: list[tuple[bool, bool]] = []
    stage.announcer.changed.connect(lambda: said.append((stage.announcer.announcing, stage.announcer.crowded)))
    stage.call(*map(str, range(1, 9)))
    stage.time.pass_until(MINUTE)
    assert len(stage.labels) == 8 and len({at for at, _ in stage.announced}) == 2
    assert sum(sound == CHIME.name for sound in stage.sounds) == 2
    assert said == [(True, False), (True, True), (False, False)]


def test_a_customer_who_came_meanwhile_is_not_announced(qapp) -> None:
    stage = Stage()
    stage.call("1", "2", "3")
    stage.comes("2")
    stage.time.pass_until(MINUTE)
    assert stage.labels == ["A001", "A002"]


def test_a_recall_is_announced_again_and_only_once_while_it_waits(qapp) -> None:
    stage = Stage()
    stage.call("1")
    ticket = stage.hall.points["1"].ticket
    for _ in range(3):
        stage.time.pass_until(stage.time.now + 100)
        stage.hall = after_commands(stage.hall, Recall(point="1", ticket=ticket or ""), at=stage.time.now)
        stage.announcer.announce(stage.hall.calls[0])
    stage.time.pass_until(MINUTE)
    assert stage.labels == ["A001", "A001"]


@pytest.mark.parametrize("why", ["no sound", "a silent display", "a silent hour"])
def test_without_sound_the_pictures_come_in_turn(qapp, why: str) -> None:
    silent_hour = (Volume(since=time(0), percent=0),) if why == "a silent hour" else ()
    stage = Stage(sound=why != "no sound", volumes=silent_hour)
    stage.display = replace(stage.display, speaks=why != "a silent display")
    stage.call("1", "2")
    stage.time.pass_until(MINUTE)
    assert stage.announced == [(0, "A001"), (SILENT_TURN, "B001")]
    assert stage.sounds == [] and stage.announcer.fault == "" and not stage.announcer.announcing


def test_the_volume_of_the_hour_is_played(qapp) -> None:
    stage = Stage(volumes=(Volume(since=time(0), percent=35),))
    stage.call("1")
    stage.time.pass_until(MINUTE)
    assert set(stage.player.loudness) == {35}


def test_a_voice_that_is_not_ready_a_second_after_the_chime_is_left_out(qapp) -> None:
    stage = Stage(announce_gap=0)
    stage.speech.takes = {"de": None}
    stage.call("1", "2", language="de")
    stage.time.pass_until(MINUTE)
    assert [sound.split()[0] for sound in stage.sounds] == [CHIME.name, "en"] * 2
    assert stage.announced[1][0] <= CHIME_TAKES + VOICE_WAIT + SAYING_TAKES


def test_what_is_not_said_is_told_and_logged_until_the_same_language_is_heard_again(
    qapp, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(announce_gap=0)
    for fails in ("late", "broken"):
        stage.speech.takes = {"de": None} if fails == "late" else {}
        stage.player.fails = {"de A2,": SoundFault.BROKEN} if fails == "broken" else {}
        stage.call({"late": "1", "broken": "3"}[fails], language="de")
        stage.time.pass_until(stage.time.now + MINUTE)
        assert stage.announcer.fault == {"late": SoundFault.VOICE_LATE, "broken": SoundFault.BROKEN}[fails]
    stage.call("2", language="en")
    stage.time.pass_until(stage.time.now + MINUTE)
    assert stage.announcer.fault == SoundFault.BROKEN, "German has not been heard since"
    stage.call("5", language="de")
    stage.time.pass_until(stage.time.now + MINUTE)
    assert stage.announcer.fault == ""
    assert [record.message for record in caplog.records] == [
        "a call is not said in de: The voice is too slow.",
        "a call is not said in de: A sound can't be played: its file is broken.",
    ]


async def test_a_voice_that_hangs_breaks_or_refuses_says_so_with_what_it_did_not_make(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    release = threading.Event()

    class Odd:
        name = "Odd"

        def say(self, utterance: Utterance) -> Path:
            if utterance.language == "de":
                raise SpeechError("Odd knows no German.")
            release.wait(10)
            raise ValueError("a bug")

    speech = BackgroundSpeech(Odd(), room.station.in_background)
    done: list[int] = []
    first = speech.make((Utterance("de", ()), Utterance("en", ())), lambda: done.append(1))
    second = speech.make((Utterance("en", ()),), lambda: done.append(2))
    assert [saying.fault for saying in (*first, *second)] == [SoundFault.VOICE_LATE] * 2 + [SoundFault.VOICE_HANGS]
    release.set()
    await until(lambda: done)
    assert [saying.fault for saying in first] == ["Odd knows no German.", SoundFault.VOICE_FAILS]
    room.station.stop()


def test_a_broken_file_is_left_out_and_the_rest_is_said(qapp) -> None:
    stage = Stage()
    stage.player.fails = {CHIME.name: SoundFault.BROKEN}
    stage.call("1", language="de")
    stage.time.pass_until(MINUTE)
    assert [sound.split()[0] for sound in stage.sounds] == [CHIME.name, "de", "en"]


def test_without_a_device_the_turn_passes_on_and_the_call_is_said_once_it_is_back(qapp) -> None:
    stage = Stage(announce_gap=0)
    stage.player.fails = {CHIME.name: SoundFault.STUCK}
    stage.player.fault = SoundFault.STUCK
    stage.call("1")
    stage.time.pass_until(10_000)
    assert stage.sounds == [CHIME.name] and stage.announcer.fault == SoundFault.STUCK
    stage.announcer.sound_is_back(lambda _: True)
    stage.time.pass_until(MINUTE)
    assert stage.labels == ["A001", "A001"] and len(stage.sounds) == 3
    stage.announcer.sound_is_back(lambda _: True)
    assert stage.labels == ["A001", "A001"]


def test_a_call_is_not_said_again_if_the_device_fails_at_it_each_time(qapp) -> None:
    stage = Stage(announce_gap=0)
    stage.call("1")
    for _ in range(5):
        stage.player.fails = {CHIME.name: SoundFault.STUCK}
        stage.announcer.sound_is_back(lambda _: True)
        stage.time.pass_until(stage.time.now + 10_000)
    assert len(stage.labels) == 2


def test_what_comes_late_waits_a_moment_and_is_dropped_if_it_is_over_by_then(qapp) -> None:
    stage = Stage()
    stage.call("1", late=True)
    stage.comes("1")
    stage.call("2", late=True)
    assert stage.labels == [] and stage.queued == []
    stage.time.pass_until(MINUTE)
    assert stage.labels == ["B001"]


def test_nothing_is_announced_after_the_end(qapp) -> None:
    stage = Stage()
    stage.call("1", "2")
    stage.announcer.close()
    stage.time.pass_until(MINUTE)
    assert stage.sounds == [CHIME.name] and stage.labels == ["A001"]


@pytest.mark.parametrize("first", [0, 100])
def test_in_bursts_of_calls_and_mishaps_none_is_lost_overlapping_cut_or_stale(qapp, first: int) -> None:
    """``make soak`` tries ten thousand."""
    turns = 0
    for seed in range(first, first + 60):
        burst = Burst(seed)
        assert burst.run() == [], f"python -m tests.faults burst --seed {seed}"
        turns += len(burst.turns)
    assert turns > 300
