"""The voices of Windows and macOS, asked by programs that are part of them.

Not through Qt's speech: from Python it can only play, and a voice of ours makes files.
"""

from __future__ import annotations

import re
import shutil

from shared.hall.field_types import Language
from shared.voice.engines.own_process import ProgramError, finished, run
from shared.voice.engines.speech_engine import FILE, EngineVoice, SpeechEngine
from shared.voice.voice import SpeechError

TO_LIST = 5.0
"""Seconds for the list of voices, once after the start: PowerShell takes one to begin."""

MAC_VOICE = re.compile(r"^(\S.*?) +([a-z]{2,3}[_-]\w+) +#", re.MULTILINE)
"""``Anna                de_DE    # Hallo! Ich heiße Anna.``"""

WINDOWS_VOICE = re.compile(r"^([a-z]{2,3}(?:-\w+)*)\t(.+?)\s*$", re.MULTILINE)

SYNTHESIZER = "Add-Type -AssemblyName System.Speech; $s = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
LIST = (
    SYNTHESIZER + "[Console]::OutputEncoding = [Text.Encoding]::UTF8; "
    '$s.GetInstalledVoices() | % { $_.VoiceInfo.Culture.Name + "`t" + $_.VoiceInfo.Name }'
)
SPEAK = (
    SYNTHESIZER + "$s.SelectVoice('{voice}'); $s.SetOutputToWaveFile('{file}'); "
    "$in = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8); "
    "$s.Speak($in.ReadToEnd()); $s.Dispose()"
)


def system_voices() -> SpeechEngine:
    """The engine; raises SpeechError on other systems, or if this one has no voice."""
    if program := shutil.which("say"):
        return _engine("macOS", _mac(program))
    if program := shutil.which("powershell.exe"):
        return _engine("Windows", _windows(program))
    raise SpeechError("This system has no voice of its own.")


def _mac(program: str) -> dict[Language, EngineVoice]:
    arguments = ("-o", FILE, "--file-format=WAVE", "--data-format=LEI16@22050", "-f", "-")
    listed = MAC_VOICE.findall(_printed(program, "-v", "?"))
    return {
        tag.replace("_", "-"): EngineVoice(name, (program, "-v", name, *arguments)) for name, tag in reversed(listed)
    }


def _windows(program: str) -> dict[Language, EngineVoice]:
    shell = (program, "-NoProfile", "-NonInteractive", "-Command")
    listed = WINDOWS_VOICE.findall(_printed(*shell, LIST))
    quoted = {name: SPEAK.replace("{voice}", name.replace("'", "''")).replace("{file}", FILE) for _, name in listed}
    return {tag: EngineVoice(name, (*shell, quoted[name])) for tag, name in reversed(listed)}


def _engine(system: str, voices: dict[Language, EngineVoice]) -> SpeechEngine:
    if not voices:
        raise SpeechError(f"{system} has no voice: add one in its settings of speech.")
    return SpeechEngine(system, voices)


def _printed(*command: str) -> str:
    try:
        return finished(run(command, "", TO_LIST), TO_LIST)
    except ProgramError as error:
        raise SpeechError(f"The voices of this system can't be listed: {command[0]} {error}.") from None
