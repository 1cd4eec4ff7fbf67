"""Programs of ours that begin in a moment: forked from a process that has loaded our modules once.

Each is a process of its own all the same, with its own environment, folder and streams, and can be killed; only what
Python does before ``main`` is left out. ``python -m tests.forked_programs SOCKET`` is the process they come from.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

from tests.cheap_passwords import make_passwords_cheap

LOADED = (
    "shared.cli.commands",
    "shared.backend.halls.database_administration",
    "shared.backend.halls.hall_administration",
    "shared.backend.halls.backup_restore",
    "shared.backend.http.server",
    "shared.link.connect",
    "display.check",
    "kiosk.check",
    "console.__main__",
    "alembic.command",
    "alembic.autogenerate",
    "uvloop",
)

BEFORE_MAIN = ("PYTHON", "LC_", "LANG")
"""Variables the interpreter itself reads: with one of them set, a program has to be started as people start it."""


class Program:
    """A forked process: as much of ``subprocess.Popen`` as tests need."""

    stdout: IO[str] | None = None

    def __init__(self, status: int) -> None:
        self.returncode: int | None = None
        self._status = os.fdopen(status, "r", encoding="ascii")
        self.pid = int(self._status.readline())

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"program {self.pid}", timeout or 0)
        return status

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            with self._status:
                self.returncode = os.waitstatus_to_exitcode(int(self._status.readline()))
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def can_begin(environment: Mapping[str, str]) -> bool:
    return hasattr(os, "fork") and not any(name.startswith(BEFORE_MAIN) for name in environment)


def begin(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path | None,
    stdout: IO[Any],
    stderr: IO[Any] | None,
    *,
    stdin: IO[Any] | None = None,
    code: str = "",
) -> Program:
    """Start the command with these settings beside our own, and these streams; the caller waits for its end.

    ``code``: a program of the test's own instead, as after ``python -c``.
    """
    mine, theirs = os.pipe()
    request = {
        "arguments": list(arguments),
        "environment": {**os.environ, **environment},
        "cwd": str(cwd or Path.cwd()),
        "code": code,
    }
    with Path(os.devnull).open() as nothing:
        streams = [(stdin or nothing).fileno(), stdout.fileno(), stderr.fileno() if stderr else 2, theirs]
        socket.send_fds(_forking_process()[0], [json.dumps(request).encode("utf-8", "surrogateescape")], streams)
    os.close(theirs)
    return Program(mine)


@cache
def _forking_process() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", "tests.forked_programs", str(theirs.fileno())]
        return ours, subprocess.Popen(command, pass_fds=[theirs.fileno()])


def close() -> None:
    """End the process they are forked from."""
    if _forking_process.cache_info().currsize:
        requests, process = _forking_process()
        requests.close()
        process.wait(10)
        _forking_process.cache_clear()


# ── the process they come from ──


def _serve(requests: socket.socket) -> None:
    """Fork a program for each request, until the tests are over."""
    for module in LOADED:
        importlib.import_module(module)
    make_passwords_cheap()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a supervisor
    while True:
        request, streams, *_ = socket.recv_fds(requests, 1 << 20, 4)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            _supervise(json.loads(request), streams)
        for stream in streams:
            os.close(stream)


def _supervise(request: Any, streams: list[int]) -> NoReturn:
    """Fork the program, and send its process id and, in the end, its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, told = streams
    program = os.fork()
    if program == 0:
        os.close(told)
        _become(request, *standard)
    for stream in standard:
        os.close(stream)
    os.write(told, f"{program}\n".encode())
    status = os.waitpid(program, 0)[1]
    with suppress(BrokenPipeError):  # the tests are over
        os.write(told, f"{status}\n".encode())
    os._exit(0)


def _become(request: Any, stdin: int, stdout: int, stderr: int) -> NoReturn:
    for number, stream in enumerate((stdin, stdout, stderr)):
        os.dup2(stream, number)
    for stream in {stdin, stdout, stderr} - {0, 1, 2}:
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as the interpreter has it
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # as the interpreter has them
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["cwd"])
    sys.argv = ["nowserving", *request["arguments"]]
    status: int | str | None = 1
    try:
        if request["code"]:
            sys.argv[0] = "-c"
            exec(request["code"], {"__name__": "__main__"})
        status = 0 if request["code"] else importlib.import_module("shared.cli.commands").main()
    except SystemExit as ending:
        status = ending.code
    except Exception:  # noqa: BLE001  # as the interpreter itself does
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 0 if status is None else 1)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as from_tests:
        _serve(from_tests)
