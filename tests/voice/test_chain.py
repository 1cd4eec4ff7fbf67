"""The voice of a station: recordings, rendered words, engines; whatever fails, the next one speaks, and it is said."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.cli import commands
from shared.cli.spoken_languages import voices
from shared.hall.display_values import Clip, Display
from shared.hall.errors import Unfit
from shared.hall.hall import Hall
from shared.hall.values import frozen
from shared.settings import Settings, state_path
from shared.ui.station_memory import StationMemory
from shared.voice.calls import call_utterance
from shared.voice.chain import REST, VoiceChain
from shared.voice.engines.speech_engine import EngineError
from shared.voice.live import Live
from shared.voice.recorded import Recorded
from shared.voice.rendered import Rendered
from shared.voice.sound_store import SoundStore
from shared.voice.sounds import read
from shared.voice.station_voice import voice_of
from shared.voice.vocabulary import vocabulary
from shared.voice.voice import NotOfferedError, SpeechError
from tests.voice.spoken import (
    CRASHES,
    HALL,
    HANGS,
    SPEAKS,
    Deaf,
    called,
    engine,
    heard,
    program,
    recording,
    said,
    speaking,
    tone,
)

CALL = called("A07")


class Clock:
    """A clock that stands until it is told how much time has passed."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Callable[[str], SoundStore]:
    return lambda name: SoundStore(tmp_path / name, 50_000_000)


def recorded_hall(folder: Path, *keys: str, language: str = "en", seconds: float = 0.4) -> Hall:
    """A hall with a clip of each of these words, of half a second with silence around it, stored in a folder."""
    clips = {}
    for number, key in enumerate(keys):
        samples = tone(seconds, rate=8_000 * (number % 2 + 1), silence=0.5, loudness=0.05 * (number + 1))
        file = recording(folder / f"{number}.wav", samples, rate=8_000 * (number % 2 + 1), channels=number % 2 + 1)
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        file.rename(folder / content)
        clip = Clip(language=language, says=key, content=content)
        clips[clip.id] = clip
    return replace(HALL, clips=frozen(clips))


WORDS = ("sentence.number", "letter.A", "number.7", "point.room-3")


def recorded(hall: Hall, folder: Path, store: Callable[[str], SoundStore]) -> Recorded:
    def file(content: str) -> Path | None:
        return folder / content if (folder / content).exists() else None

    return Recorded(lambda: hall, file, store("clips"), store("said"))


# ── recordings ──


def test_recordings_are_joined_with_a_silence_before_the_point(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    voice = recorded(recorded_hall(tmp_path, *WORDS), tmp_path, store)
    file = voice.say(call_utterance(HALL, CALL, "en"))
    call_begins, call_ends, point_begins, point_ends = heard(file)
    assert call_begins < 0.1
    assert call_ends - call_begins == pytest.approx(3 * 0.4, abs=0.3), "Number, A and 7 belong together"
    assert 0.25 < point_begins - call_ends < 0.5
    assert point_ends - point_begins == pytest.approx(0.4, abs=0.05)
    assert voice.say(call_utterance(HALL, CALL, "en")) == file, "it is made once"


def test_a_hall_that_has_not_recorded_every_word_hears_another_voice(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    voice = recorded(recorded_hall(tmp_path, *WORDS[:2]), tmp_path, store)
    with pytest.raises(NotOfferedError, match=r"There is no recording of “7” in English\."):
        voice.say(call_utterance(HALL, CALL, "en"))
    with pytest.raises(NotOfferedError, match=r"There is no recording of “Nummer” in Deutsch\."):
        voice.say(call_utterance(HALL, CALL, "de"))


def test_a_recording_that_is_not_here_yet_or_broken_is_named(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    hall = recorded_hall(tmp_path, *WORDS)
    voice = recorded(hall, tmp_path, store)
    clip = tmp_path / hall.clips["en:number.7"].content
    os.truncate(clip, 5_000)
    with pytest.raises(SpeechError, match=r"The recording of “7” in English is cut short: record or import it again\."):
        voice.say(call_utterance(HALL, CALL, "en"))
    clip.unlink()
    with pytest.raises(SpeechError, match=r"The recording of “7” in English has not reached this machine yet\."):
        voice.say(call_utterance(HALL, CALL, "en"))


def test_a_broken_recording_costs_nothing_at_the_next_call(tmp_path: Path, store: Callable[[str], SoundStore]) -> None:
    """It is read once, and another content in its place is a new one; an utterance with it reads no other recording."""
    hall = recorded_hall(tmp_path, *WORDS)
    broken, good = (hall.clips[f"en:{key}"].content for key in ("number.7", "letter.A"))
    os.truncate(tmp_path / broken, 5_000)
    halls = [hall]
    voice = Recorded(lambda: halls[-1], tmp_path.joinpath, store("clips"), store("said"))
    with pytest.raises(SpeechError, match="is cut short"):
        next(voice.prepare("en", said("number.7").words[0]))
    (tmp_path / broken).write_bytes((tmp_path / good).read_bytes())
    with pytest.raises(SpeechError, match="is cut short"):
        voice.say(call_utterance(HALL, CALL, "en"))
    assert not (tmp_path / "clips").exists()
    mended = Clip(language="en", says="number.7", content=good)
    halls.append(replace(hall, clips=frozen({**hall.clips, mended.id: mended})))
    assert voice.say(call_utterance(HALL, CALL, "en"))


def test_a_recording_once_heard_is_heard_without_its_file(tmp_path: Path, store: Callable[[str], SoundStore]) -> None:
    hall = recorded_hall(tmp_path, *WORDS)
    voice = recorded(hall, tmp_path, store)
    voice.say(call_utterance(HALL, CALL, "en"))
    for clip in hall.clips.values():
        (tmp_path / clip.content).unlink()
    assert heard(voice.say(said(*WORDS[:2])))[-1] == pytest.approx(2 * 0.4, abs=0.2)


# ── rendered words, live engines ──


def rendered(folder: Path, store: Callable[[str], SoundStore], script: str = SPEAKS, name: str = "Fake") -> Rendered:
    return Rendered(engine(folder, name, script, "en", "de"), store("words"), store("said"))


def prepare(voice: VoiceChain, hall: Hall | None = None) -> None:
    """All the steps, one after another."""
    for step in voice.prepare(hall or speaking("en")):
        if hasattr(step, "wait"):
            step.wait()


def test_words_are_rendered_once_and_heard_when_the_engine_is_gone(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    voice = VoiceChain(lambda: [rendered(tmp_path, store)])
    prepare(voice)
    prepare(voice)
    asked = (tmp_path / "Fake.said").read_text().splitlines()
    assert asked == [word.text.rstrip(".") for word in vocabulary(HALL, "en")]
    (tmp_path / "Fake").unlink()
    assert read(voice.say(call_utterance(HALL, CALL, "en")), "It").seconds > 4 * 0.5
    assert not voice.troubles()


def test_a_call_can_be_said_while_words_are_rendered(tmp_path: Path, store: Callable[[str], SoundStore]) -> None:
    slow = f"import time\nwhile not __import__('os').path.exists(__file__ + '.go'):\n    time.sleep(0.01)\n{SPEAKS}"
    quick = engine(tmp_path, "Quick", SPEAKS)
    links = [rendered(tmp_path, store, slow), Live(quick, store("said"))]
    voice = VoiceChain(lambda: links)
    steps = voice.prepare(speaking("en"))
    running = next(steps)
    assert running.poll() is None
    assert voice.say(call_utterance(HALL, CALL, "en")).exists()
    assert next(steps) is running, "it is still at its first word"
    steps.close()
    assert running.poll() is not None, "nobody waits for it any more"


def test_an_engine_that_hangs_is_ended_and_the_next_one_speaks(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    """It is not asked again for a while, so that the next call does not wait for it."""
    clock = Clock()
    hanging = Live(engine(tmp_path, "Hanging", HANGS), store("said"))
    speaking_one = Live(engine(tmp_path, "Speaking", SPEAKS), store("said"))
    voice = VoiceChain(lambda: [hanging, speaking_one], clock)
    began = time.monotonic()
    voice.say(said("letter.A"))
    voice.say(said("letter.B"))
    assert time.monotonic() - began < 10, "not minutes"
    assert voice.troubles() == ["Hanging did not answer in time and was ended."]
    started = (tmp_path / "Hanging.pids").read_text().splitlines() if (tmp_path / "Hanging.pids").exists() else []
    assert len(started) <= 1, "it was asked once"
    assert (tmp_path / "Speaking.said").read_text() == "A\nB\n"
    clock.now += REST
    assert voice.troubles() == []
    shutil.copy(tmp_path / "Speaking", tmp_path / "Hanging")  # somebody has mended it
    voice.say(said("letter.C"))
    assert (tmp_path / "Hanging.said").read_text() == "C\n"


def test_an_engine_that_crashes_while_rendering_leaves_it_to_the_next(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    links = [rendered(tmp_path, store, CRASHES, "Crashing"), rendered(tmp_path, store, SPEAKS, "Speaking")]
    voice = VoiceChain(lambda: links)
    prepare(voice)
    assert voice.troubles() == ["Crashing ended with an error (-6): out of phonemes."]
    voice.say(call_utterance(HALL, CALL, "en"))
    assert len((tmp_path / "Speaking.said").read_text().splitlines()) == len(vocabulary(HALL, "en"))


def test_no_second_engine_renders_what_the_first_can(tmp_path: Path, store: Callable[[str], SoundStore]) -> None:
    links = [rendered(tmp_path, store, SPEAKS, "First"), rendered(tmp_path, store, SPEAKS, "Second")]
    prepare(VoiceChain(lambda: links))
    assert not (tmp_path / "Second.said").exists()


def test_a_broken_recording_is_told_and_a_missing_one_is_none(
    tmp_path: Path, store: Callable[[str], SoundStore]
) -> None:
    hall = recorded_hall(tmp_path, *WORDS[:2])
    (tmp_path / hall.clips["en:letter.A"].content).write_bytes(b"nothing")
    links = [recorded(hall, tmp_path, store), rendered(tmp_path, store)]
    voice = VoiceChain(lambda: links)
    prepare(voice, replace(hall, settings=speaking("en").settings))
    (trouble,) = voice.troubles()
    assert trouble.startswith("The recording of “eigh” in English is no WAV file")
    assert voice.say(call_utterance(HALL, CALL, "en")).exists()


def test_where_nothing_speaks_every_link_says_why() -> None:
    links = [Deaf("One", NotOfferedError("One is deaf.")), Deaf("Two", EngineError("Two has died."))]
    voice = VoiceChain(lambda: links, Clock())
    for _ in range(2):
        with pytest.raises(SpeechError, match=r"No voice could say this in English\. One is deaf\. Two has died\."):
            voice.say(said("letter.A"))
    assert [link.asked for link in links] == [2, 1]


def test_after_a_second_no_further_voice_is_tried() -> None:
    clock = Clock()

    class Slow(Deaf):
        def say(self, utterance: object) -> Path:
            clock.now += 0.6
            return super().say(utterance)

    links = [Slow(name, EngineError(f"{name} hangs.")) for name in ("One", "Two", "Three")]
    voice = VoiceChain(lambda: links, clock)
    with pytest.raises(SpeechError):
        voice.say(said("letter.A"))
    assert [link.asked for link in links] == [1, 1, 0]


# ── the voice of a station ──


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_programs")
@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
def test_a_station_speaks_every_language_of_ours_with_what_its_packages_bring(tmp_path: Path, language: str) -> None:
    voice = voice_of(Settings(), lambda: HALL, lambda _: None, folder=tmp_path)
    assert "eSpeak NG" in voice.full_name(language)
    live = voice.say(call_utterance(HALL, CALL, language))
    assert heard(live)[-1] > 1
    prepare(voice, speaking(language))
    joined = voice.say(call_utterance(HALL, CALL, language))
    assert joined != live, "rendered words come before an engine that has to be waited for"
    assert len(heard(joined)) >= 4, "there is a silence before the point"


@pytest.mark.usefixtures("no_programs")
def test_a_station_without_a_voice_says_what_to_install(tmp_path: Path) -> None:
    voice = voice_of(Settings(voice="none"), lambda: HALL, lambda _: None, folder=tmp_path)
    with pytest.raises(NotOfferedError, match="No voice speaks Deutsch here: install the package espeak-ng"):
        voice.full_name("de")
    with pytest.raises(SpeechError, match="There is no recording of “Nummer”"):
        voice.say(call_utterance(HALL, CALL, "de"))


def test_a_voice_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"voice must be auto, none, piper, rhvoice, system or espeak, not hal\."):
        voice_of(Settings(voice="hal"), lambda: HALL, lambda _: None, folder=tmp_path)


@pytest.mark.usefixtures("no_programs")
def test_the_voice_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "RHVoice-test").touch(0o755)
    voice = voice_of(Settings(voice="espeak"), lambda: HALL, lambda _: None, folder=tmp_path)
    assert {link.name.split()[0] for link in voice.links} == {"Recordings", "eSpeak"}


@pytest.mark.usefixtures("no_programs")
def test_a_slow_voice_is_rendered_and_never_waited_for(tmp_path: Path) -> None:
    """Piper where it is installed is the best: its words come first, and until they are there a quick engine speaks."""
    program(tmp_path, "piper", SPEAKS)
    (tmp_path / "voice" / "piper").mkdir(parents=True)
    for ending in ("onnx", "onnx.json"):
        (tmp_path / "voice" / "piper" / f"de_DE-anna-low.{ending}").touch()
    voice = voice_of(Settings(), lambda: HALL, lambda _: None, folder=tmp_path / "voice")
    assert voice.full_name("de") == "Piper, de_DE-anna-low"
    voice.say(call_utterance(HALL, CALL, "de"))
    assert not (tmp_path / "piper.said").exists()
    prepare(voice, speaking("de"))
    assert len((tmp_path / "piper.said").read_text().splitlines()) == len(vocabulary(HALL, "de"))
    assert read(voice.say(call_utterance(HALL, CALL, "de")), "It").seconds > 4 * 0.5


# ── what `nowserving check` says ──


@pytest.mark.usefixtures("no_programs")
def test_check_names_the_voice_of_each_language_or_what_to_install() -> None:
    hall = speaking("de", "tlh")
    (german,), (klingon,) = voices(Settings(), [hall])
    assert re.fullmatch(r"Clinic: calls in Deutsch are said by eSpeak NG .*, German\.", german)
    assert klingon.startswith("Clinic: No voice speaks tlh here: install the package espeak-ng of this system")
    one_language = Display(id="d", name="Wall", languages=("de",))
    assert voices(Settings(), [replace(hall, displays=frozen({"d": one_language}))]) == ([german], [])
    assert voices(Settings(), [replace(hall, displays=frozen({"d": replace(one_language, speaks=False)}))]) == ([], [])
    assert voices(Settings(voice="none"), [hall]) == voices(Settings(sound=False), [hall]) == ([], [])
    assert voices(Settings(voice="piper"), [hall])[1][0].endswith("Only piper is asked: voice = auto asks all.")
    assert "voice must be auto" in voices(Settings(voice="hal"), [hall])[1][0]


def test_check_speaks_of_the_halls_that_this_machine_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    StationMemory(state_path(), "clinic").save(speaking("ru"))
    (state_path() / "home-display.json").touch()  # a paired display, with no database
    commands.main(["check"])
    assert "Clinic: calls in Русский are said by" in capsys.readouterr().out
