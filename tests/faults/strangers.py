"""Strangers in an attack: one sends what no hall can take, the other half a head on each of many connections."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import socket
from dataclasses import dataclass

import requests

from shared.hall.field_types import new_id
from tests.faults.besieged import Besieged, Seen, dialled

HALF_OPEN = 1_100


@dataclass
class Strangers:
    """Both of them; the sender of nonsense has a paired device's token."""

    backends: list[Besieged]
    device: str
    seed: int
    seen: Seen

    def nonsense(self) -> None:
        chance, backend = random.Random(f"{self.seed} nonsense"), self.backends[0]
        while not self.seen.over.wait(0.02):
            with contextlib.suppress(OSError, requests.RequestException):
                self._one(chance, backend)
                self.seen.figures["nonsense"] += 1

    def _one(self, chance: random.Random, backend: Besieged) -> None:
        path = f"{backend.base}/api/v1/halls/{backend.hall}/commands/issue-ticket"
        headers = {"Authorization": f"Bearer {self.device}", "Content-Type": "application/json"}
        whim = chance.randrange(4)
        if whim == 3:
            with dialled(backend) as line:
                line.sendall(chance.randbytes(200) + b"\r\n\r\n")
                line.recv(1000)
            return
        body = (
            json.dumps({"command_id": new_id(), "service": "registration", "token_hash": "x" * 2_000}).encode(),
            b"x" * 3_000_000,
            chance.randbytes(400),
        )[whim]
        status = requests.post(path, data=body, headers=headers, timeout=10).status_code
        if status not in {400, 408, 413, 422, 429, 503}:
            self.seen.faults.append(f"nonsense of kind {whim} was answered {status}")

    def half_open(self) -> None:
        """Half a head on each; who is let go comes again."""
        held: list[socket.socket] = []
        turns = itertools.cycle(self.backends)
        while not self.seen.over.wait(0.2):
            held = [line for line in held if _is_open(line)]
            self.seen.figures["half-open held"] = max(self.seen.figures["half-open held"], len(held))
            with contextlib.suppress(OSError):
                for _ in range(min(HALF_OPEN - len(held), 400)):
                    held.append(dialled(next(turns)))
                    self.seen.figures["half-open sent"] += 1
                    held[-1].sendall(b"GET / HTTP/1.1\r\nHost: hall")
        for line in held:
            line.close()


def _is_open(line: socket.socket) -> bool:
    try:
        line.setblocking(False)
        if line.recv(1000):
            return True
    except BlockingIOError:
        return True
    except OSError:
        pass
    line.close()
    return False
