"""The sounds a voice has made, kept on disk by what they say; the longest unused go when they take too much room."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shared.voice.sounds import Sound, is_whole, write
from shared.voice.voice import SpeechError

MIB = 1024 * 1024


class SoundStore:
    """A folder of WAV files. A lost one is made again: nothing here needs to survive a power cut."""

    def __init__(self, folder: Path, most: int) -> None:
        """``most``: bytes of all files together."""
        self._folder = folder
        self._most = most

    def find(self, *what: str) -> Path | None:
        """The sound of ``what``, if it is there and whole."""
        file = self._file(what)
        if not is_whole(file):
            return None
        with suppress(OSError):  # a file that can't be touched is only forgotten sooner
            os.utime(file)
        return file

    def keep(self, sound: Sound, *what: str) -> Path:
        """Its file; raises SpeechError if the disk takes no more."""
        file = self._file(what)
        part = file.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(part, sound)
            part.replace(file)
        except OSError as error:
            raise SpeechError(f"No sound can be kept in {self._folder}: {error.strerror}.") from None
        self._make_room(file)
        return file

    def find_or_make(self, make: Callable[[], Sound], *what: str) -> Path:
        return self.find(*what) or self.keep(make(), *what)

    def _file(self, what: tuple[str, ...]) -> Path:
        return self._folder / f"{hashlib.sha256(chr(0).join(what).encode()).hexdigest()[:32]}.wav"

    def _make_room(self, latest: Path) -> None:
        """Remove the longest unused files until the others fit, never the latest: it is about to be played."""
        with suppress(OSError):  # another program on this machine removes some too
            files = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.iterdir())
            excess = sum(size for _, size, _ in files) - self._most
            for _, size, file in files:
                if excess > 0 and file != latest:
                    file.unlink()
                    excess -= size
