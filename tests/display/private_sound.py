"""A sound server of the tests' own, whose device can be taken away, and a recorder of what is really heard on it."""

from __future__ import annotations

import array
import math
import shutil
import subprocess
import sys
import time
import wave
from itertools import groupby, pairwise
from pathlib import Path

RATE = 22_050
WINDOW = RATE // 50
"""Samples looked at together: 20 milliseconds."""

LOUD = 400
"""Of 32,767."""

SHORTEST = 0.1
"""Seconds: anything shorter is where one sound ends and the next begins, or a machine with too much to do."""

MISSING = sys.platform != "linux" or not (shutil.which("pulseaudio") and shutil.which("parec"))


class PrivateSound:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = f"unix:{folder}/native"
        self._server: subprocess.Popen[bytes] | None = None
        self._recorder: subprocess.Popen[bytes] | None = None
        self._record = folder / "heard.raw"
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PULSE_SERVER": self.server,
            "XDG_RUNTIME_DIR": str(self.folder),
            "HOME": str(self.folder),
            "PATH": PATH,
        }

    def start(self) -> None:
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disable-shm=yes",
        ]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={self.folder}/native"]
        command += ["-L", "module-always-sink", "-L", "module-rescue-streams"]  # as everywhere
        self._server = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False).returncode:
            assert self._server.poll() is None, "pulseaudio does not start"
            time.sleep(0.02)
        self.give_device()

    def give_device(self) -> None:
        # without rewinds: else the sink plays out two seconds of silence before the first sound
        self._control("load-module", "module-null-sink", "sink_name=hall", f"rate={RATE}", "channels=1", "norewinds=1")

    def take_device(self) -> None:
        self._control("unload-module", "module-null-sink")

    def _control(self, *words: str) -> None:
        subprocess.run(["pactl", *words], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """As when it crashes."""
        if self._server:
            self._server.kill()
            self._server.wait()

    def record(self) -> None:
        """Record from now on."""
        self._end_recording()
        command = ["parec", "-d", "hall.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        with self._record.open("wb") as file:
            self._recorder = subprocess.Popen(
                [*command, "--latency-msec=10"], env=self.environment, stdout=file, stderr=subprocess.DEVNULL
            )
        while not self._record.stat().st_size:
            time.sleep(0.01)

    def heard(self) -> list[tuple[str, float]]:
        """What was heard since ``record``: silence, the chime or hundreds of hertz, and for how many seconds."""
        samples = array.array("h", self._record.read_bytes()[: self._record.stat().st_size // 2 * 2])
        windows = [_kind(samples[at : at + WINDOW]) for at in range(0, len(samples) - WINDOW, WINDOW)]
        runs = [(kind, len(list(run)) * WINDOW / RATE) for kind, run in groupby(windows)]
        long = [(kind, seconds) for kind, seconds in runs if seconds >= SHORTEST]
        return [(kind, sum(seconds for _, seconds in same)) for kind, same in groupby(long, lambda run: run[0])]

    def anything_heard(self) -> bool:
        """Whether anything is in the record yet."""
        samples = array.array("h", self._record.read_bytes()[: self._record.stat().st_size // 2 * 2])
        return bool(samples) and max(map(abs, samples)) >= LOUD

    def close(self) -> None:
        self._end_recording()
        self.kill()

    def _end_recording(self) -> None:
        if self._recorder:
            self._recorder.kill()
            self._recorder.wait()


def _kind(samples: array.array[int]) -> str:
    if max(map(abs, samples)) < LOUD:
        return "silence"
    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    pitch = round(crossings * RATE / len(samples) / 500) * 5  # in hundreds of hertz
    return str(pitch) if pitch >= LOWEST_TONE else "chime"


LOWEST_TONE = 20
"""In hundreds of hertz: the chime is lower."""

PATH = "/usr/local/bin:/usr/bin:/bin"


def tone(file: Path, pitch: int, seconds: float) -> Path:
    """A sound of this pitch, in hundreds of hertz."""
    samples = (int(12_000 * math.sin(2 * math.pi * pitch * 100 * at / RATE)) for at in range(int(seconds * RATE)))
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(array.array("h", samples).tobytes())
    return file
