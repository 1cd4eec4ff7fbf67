"""Runs a program with a deadline, and ends it with all that it has started if it does not keep it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import IO, TypeAlias, TypeVar

QUICKLY = 0.5
"""Seconds a program may take while somebody waits: if it hangs, another one can still speak within a second."""

AT_LEISURE = 30.0
"""Seconds it may take while nobody waits: a large voice takes long to load on a small machine."""

MOST_OUTPUT = 1024 * 1024
"""Bytes that are read of what a program prints."""

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows each program would otherwise open one."""

T = TypeVar("T")
Steps: TypeAlias = Generator[subprocess.Popen[bytes], None, T]
"""Work of a program: the program while it runs, then the result. Between two steps other things may be done."""


class ProgramError(Exception):
    """It hung, died, or could not be started; the message is the end of a sentence."""


def finished(steps: Steps[T], deadline: float) -> T:
    """The result of all the steps, waited for. ``deadline``: seconds, that of the program too."""
    while True:
        try:
            running = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        with suppress(subprocess.TimeoutExpired):  # the next step ends it
            running.wait(deadline)


def run(command: Sequence[str], text: str, deadline: float) -> Steps[str]:
    """What a program prints for a text; raises ProgramError. ``deadline``: seconds."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        given.write(text.encode())
        given.seek(0)
        until = time.monotonic() + deadline
        process = _started(command, given, output, complaints)
        try:
            while process.poll() is None:
                if time.monotonic() >= until:
                    raise ProgramError("did not answer in time and was ended")
                yield process
        finally:
            _end(process)
        if process.returncode:
            raise ProgramError(f"ended with an error ({process.returncode}): {_last_line(complaints)}")
        output.seek(0)
        return output.read(MOST_OUTPUT).decode("utf-8", "replace")


def _started(
    command: Sequence[str], given: IO[bytes], output: IO[bytes], complaints: IO[bytes]
) -> subprocess.Popen[bytes]:
    """With files, not pipes: a program that has gone mad must not fill our memory, nor block us by not reading."""
    try:
        return subprocess.Popen(  # noqa: S603  # programs of this machine, with arguments of ours
            command, stdin=given, stdout=output, stderr=complaints, start_new_session=True, creationflags=NO_WINDOW
        )
    except OSError as error:
        raise ProgramError(f"could not be started: {error.strerror}") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that is still there, and what it has started: a script's child would go on without it."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 2000))
    lines = complaints.read().decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "it said nothing")
