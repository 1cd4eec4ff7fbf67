"""Engines speak in processes of their own: a real eSpeak NG, and programs that hang, crash and write rubbish."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.voice.engines import espeak, piper, rhvoice, system_voices
from shared.voice.engines.own_process import finished
from shared.voice.engines.speech_engine import EngineError, SpeechEngine
from shared.voice.sounds import LOUDNESS, Sound
from shared.voice.voice import NotOfferedError, SpeechError
from tests.voice.spoken import CRASHES, HANGS, SPEAKS, WRITES_NOTHING, WRITES_RUBBISH, engine, loudness, program


def spoken(speaker: SpeechEngine, text: str, language: str = "en", deadline: float = 20.0) -> Sound:
    return finished(speaker.speak(text, language, deadline), deadline)


# ── the real one ──


@pytest.fixture(scope="module")
def packaged() -> SpeechEngine:
    return espeak._package()


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Number B 142, Room 3"), ("de", "Nummer B 142, Zimmer 3"), ("ru", "Номер бэ 142"), ("ar", "الرقم بي 142")],
)
def test_espeak_is_heard_in_every_language_of_ours(packaged: SpeechEngine, language: str, text: str) -> None:
    sound = spoken(packaged, text, language)
    assert 1 < sound.seconds < 6
    assert loudness(sound.samples) == pytest.approx(LOUDNESS, rel=0.5)


def test_a_longer_number_takes_longer_to_say(packaged: SpeechEngine) -> None:
    assert spoken(packaged, "777").seconds > 1.5 * spoken(packaged, "7").seconds


def test_espeak_is_not_loaded_into_our_process(packaged: SpeechEngine) -> None:
    if sys.platform == "linux":
        assert "espeak" not in Path("/proc/self/maps").read_text("utf-8")
    assert "espeakng_loader" not in sys.modules


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "German"),
        ("de-AT", "German"),
        ("en", "English (Great Britain)"),
        ("en-US", "English (America)"),
        ("pt-BR", "Portuguese (Brazil)"),
        ("ar-EG", "Arabic"),
        ("uk", "Ukrainian"),
        ("zh-CN", "Chinese (Mandarin, latin as English)"),
    ],
)
def test_a_language_gets_the_voice_that_suits_it_best(packaged: SpeechEngine, language: str, name: str) -> None:
    assert packaged.full_name(language).endswith(f", {name}")


def test_a_language_without_a_voice_is_said(packaged: SpeechEngine) -> None:
    with pytest.raises(NotOfferedError, match="has no voice for this language \\(tlh\\)"):
        packaged.voice_for("tlh")


def test_the_program_of_the_system_is_preferred_to_the_package(
    packaged: SpeechEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program like Debian's, which in truth asks the package."""
    *python, folder, _, _, _ = packaged.voice_for("de").command
    script = f"""
import os, sys
if "--version" in sys.argv:
    print("eSpeak NG text-to-speech: 1.51  Data at: {folder}/espeak-ng-data")
else:
    _, _, voice, _, speed, _, file, _ = sys.argv
    os.execv({python[0]!r}, [*{python!r}, {folder!r}, voice, speed, file])
"""
    program(tmp_path, "espeak-ng", script)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = espeak.espeak()
    assert found.full_name("de") == "eSpeak NG 1.51, German"
    assert spoken(found, "Zimmer 3", "de").seconds > 0.5


# ── engines that fail ──


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (CRASHES, "Fake ended with an error \\(-6\\): out of phonemes"),
        (WRITES_RUBBISH, "What Fake said is no WAV file"),
        (WRITES_NOTHING, "What Fake said is not there"),
        ("import sys\nwhile True:\n    sys.stdout.write('x' * 99999)", "Fake did not answer in time and was ended"),
    ],
)
def test_an_engine_that_fails_is_named_in_a_sentence(tmp_path: Path, script: str, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        spoken(engine(tmp_path, "Fake", script), "A 1", deadline=0.3 if "while" in script else 20)


def test_a_program_that_is_gone_is_named(tmp_path: Path) -> None:
    fake = engine(tmp_path, "Fake", SPEAKS)
    (tmp_path / "Fake").unlink()
    with pytest.raises(EngineError, match="Fake could not be started: No such file"):
        spoken(fake, "A 1")


def gone(pid: int) -> bool:
    """Whether this process has ended; one that nobody has buried yet has."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not state.strip() or state.startswith("Z")


def test_an_engine_that_hangs_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    steps = engine(tmp_path, "Fake", HANGS).speak("A 1", "en", 20)
    next(steps)
    file = tmp_path / "Fake.pids"
    while not (file.exists() and file.read_text().endswith("\n")):
        time.sleep(0.01)
    steps.close()
    ended = [int(pid) for pid in file.read_text().split()]
    assert len(ended) == 2
    while not all(gone(pid) for pid in ended):
        time.sleep(0.01)


def test_an_engine_works_in_a_folder_that_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = engine(tmp_path, "Fake", f"import os\nopen(__file__ + '.cwd', 'w').write(os.getcwd())\n{SPEAKS}")
    spoken(fake, "several\nlines")
    assert not Path((tmp_path / "Fake.cwd").read_text()).exists()
    assert (tmp_path / "Fake.said").read_text() == "several lines\n"


# ── other engines ──


def test_piper_speaks_with_each_voice_file_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(piper, "SYSTEM_VOICES", tmp_path / "system")
    with pytest.raises(SpeechError, match="Piper is not installed"):
        piper.piper(tmp_path / "voices")
    program(tmp_path, "piper", f"{SPEAKS}\nsaid = open(__file__ + '.args', 'w').write(' '.join(sys.argv[1:]))")
    with pytest.raises(SpeechError, match="Piper has no voice"):
        piper.piper(tmp_path / "voices")
    for name in ("voices/de_DE-thorsten-medium", "system/de/de_DE-karlsson-low", "voices/ru_RU-irina-medium"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.onnx").touch()
        (tmp_path / f"{name}.onnx.json").touch()
    (tmp_path / "voices" / "ar_JO-kareem-low.onnx").touch()  # half a voice is none
    found = piper.piper(tmp_path / "voices")
    assert set(found.voices) == {"de-DE", "ru-RU"}
    assert found.full_name("de") == "Piper, de_DE-thorsten-medium"
    spoken(found, "Zimmer 3", "de")
    assert (tmp_path / "piper.args").read_text() == f"-m {tmp_path}/voices/de_DE-thorsten-medium.onnx -f speech.wav"


def test_rhvoice_speaks_with_the_voices_that_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechError, match="RHVoice is not installed"):
        rhvoice.rhvoice((tmp_path,))
    program(tmp_path, "RHVoice-test", SPEAKS)
    with pytest.raises(SpeechError, match="RHVoice has no voice"):
        rhvoice.rhvoice((tmp_path,))
    for name, language in (("anna", "Russian"), ("alan", "English"), ("hal", "Klingon")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "voice.info").write_text(f"name={name.title()}\nlanguage={language}\r\ngender=x\n")
    found = rhvoice.rhvoice((tmp_path,))
    assert set(found.voices) == {"ru", "en"}
    assert found.full_name("ru") == "RHVoice, Anna"
    assert spoken(found, "Кабинет 3", "ru").seconds > 0.3
    assert (tmp_path / "RHVoice-test.said").read_text() == "Кабинет 3\n"


MAC_SAYS = """
if "-v" in sys.argv and "?" in sys.argv:
    print("Anna                de_DE    # Hallo! Ich heiße Anna.\\nSamantha (Enhanced) en_US    # Hello!")
    raise SystemExit
"""


def test_the_voices_of_macos_are_asked_by_its_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONUTF8", "1")
    with pytest.raises(SpeechError, match="no voice of its own"):
        system_voices.system_voices()
    program(tmp_path, "say", f"import sys\nsys.stdout.reconfigure(encoding='utf-8')\n{MAC_SAYS}\n{SPEAKS}")
    found = system_voices.system_voices()
    assert [found.full_name(tag) for tag in ("de", "en")] == ["macOS, Anna", "macOS, Samantha (Enhanced)"]
    assert spoken(found, "Zimmer 3", "de").seconds > 0.3


def test_the_voices_of_windows_are_asked_by_powershell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(
        tmp_path,
        "powershell.exe",
        f"import sys\nif 'GetInstalledVoices' in sys.argv[-1]:\n    print('de-DE\\tMicrosoft Hedda\\nen-IE\\tO\\'Hara')"
        f"\n    raise SystemExit\nopen(__file__ + '.script', 'w').write(sys.argv[-1])\n{SPEAKS}",
    )
    found = system_voices.system_voices()
    assert found.full_name("de") == "Windows, Microsoft Hedda"
    spoken(found, "Room 3", "en")
    script = (tmp_path / "powershell.exe.script").read_text()
    assert "SelectVoice('O''Hara')" in script and "SetOutputToWaveFile('speech.wav')" in script
