"""One environment of a function, as a cloud keeps it: a process that imports the handler and answers its events."""

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
class Told:
    """What came back, the processor's seconds this environment has used so far, and the modules it has imported."""

    answer: Any
    cpu: float
    modules: frozenset[str]


class Environment:
    """``tree`` is where the code lies; ``options`` are Python's own, such as ``-I -S`` for nothing but that tree."""

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

    def tell(self, event: Any) -> Told:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the function died"
        told = json.loads(line)
        return Told(told["answer"], told["cpu"], frozenset(told["modules"]))

    def ask(self, event: Any) -> Any:
        return self.tell(event).answer

    def freeze(self) -> None:
        """As a cloud does after each answer: not a step further."""
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
    """The command as a person types it, who has no account; it must go well."""
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
    """An event as the gateway or the clock sent it, with what differs from run to run put in."""
    text = (EVENTS / f"{name}.json").read_text("utf-8")
    for placeholder, value in values.items():
        text = text.replace("{" + placeholder + "}", value)
    return json.loads(text)
