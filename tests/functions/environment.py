"""One execution environment of a function, as in a cloud: a process that imports the handler and answers events."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parent.parent.parent
EVENTS = Path(__file__).parent / "events"
SERVERLESS = HOUSE / "node_modules" / ".bin" / "serverless"
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")

RUNTIME = """
import importlib, json, sys, time
sys.path.insert(0, sys.argv[2])
out, sys.stdout = sys.stdout, sys.stderr
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module.replace("/", ".")), name)
for line in sys.stdin:
    answer = handler(json.loads(line), None)
    told = {"answer": answer, "cpu": time.process_time(), "modules": sorted(sys.modules)}
    print(json.dumps(told), file=out, flush=True)
"""


@dataclass(frozen=True)
class Reply:
    """The answer, the seconds of processor time used so far, and the modules imported."""

    answer: Any
    cpu: float
    modules: frozenset[str]


class Environment:
    """``tree`` is the folder of the code; ``options`` are Python's own, such as ``-I -S`` to import from it alone."""

    def __init__(
        self, handler: str, settings: dict[str, str], tree: Path = HOUSE, options: tuple[str, ...] = ()
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *options, "-c", RUNTIME, handler, tree],
            env={**os.environ, **settings},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, event: Any) -> Reply:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the function died"
        told = json.loads(line)
        return Reply(told["answer"], told["cpu"], frozenset(told["modules"]))

    def ask(self, event: Any) -> Any:
        return self.send(event).answer

    def freeze(self) -> None:
        """Stop the process, as a cloud does after each answer."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.thaw()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


def serverless(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command without an account; it must succeed."""
    known = {
        **os.environ,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "NODE_NO_WARNINGS": "1",
        **environment,
    }
    done = subprocess.run(
        [SERVERLESS, *words],
        cwd=HOUSE,
        env=known,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def recorded(name: str, **values: str) -> Any:
    """An event as the gateway or the schedule sent it, with its placeholders filled."""
    text = (EVENTS / f"{name}.json").read_text("utf-8")
    for placeholder, value in values.items():
        text = text.replace("{" + placeholder + "}", value)
    return json.loads(text)
