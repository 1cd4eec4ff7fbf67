"""Strangers in an attack: one sends invalid requests, the other half a request head on each of many connections."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import socket
from dataclasses import dataclass

import requests

from shared.hall.field_types import new_id
from tests.faults.besieged import AttackedBackend, Findings, connected

HALF_OPEN = 1_100


@dataclass
class Strangers:
    """Both strangers; the sender of invalid requests has a paired device's token."""

    backends: list[AttackedBackend]
    device: str
    seed: int
    findings: Findings

    def nonsense(self) -> None:
        chance, backend = random.Random(f"{self.seed} nonsense"), self.backends[0]
        while not self.findings.over.wait(0.02):
            with contextlib.suppress(OSError, requests.RequestException):
                self._one(chance, backend)
                self.findings.figures["nonsense"] += 1

    def _one(self, chance: random.Random, backend: AttackedBackend) -> None:
        path = f"{backend.base}/api/v1/halls/{backend.hall}/commands/issue-ticket"
        headers = {"Authorization": f"Bearer {self.device}", "Content-Type": "application/json"}
        kind = chance.randrange(4)
        if kind == 3:
            with connected(backend) as connection:
                connection.sendall(chance.randbytes(200) + b"\r\n\r\n")
                connection.recv(1000)
            return
        body = (
            json.dumps({"command_id": new_id(), "service": "registration", "token_hash": "x" * 2_000}).encode(),
            b"x" * 3_000_000,
            chance.randbytes(400),
        )[kind]
        status = requests.post(path, data=body, headers=headers, timeout=10).status_code
        if status not in {400, 408, 413, 422, 429, 503}:
            self.findings.faults.append(f"nonsense of kind {kind} was answered {status}")

    def half_open(self) -> None:
        """Hold many connections with half a request head; those that are closed are opened again."""
        held: list[socket.socket] = []
        turns = itertools.cycle(self.backends)
        while not self.findings.over.wait(0.2):
            held = [connection for connection in held if _is_open(connection)]
            self.findings.figures["half-open held"] = max(self.findings.figures["half-open held"], len(held))
            with contextlib.suppress(OSError):
                for _ in range(min(HALF_OPEN - len(held), 400)):
                    held.append(connected(next(turns)))
                    self.findings.figures["half-open sent"] += 1
                    held[-1].sendall(b"GET / HTTP/1.1\r\nHost: hall")
        for connection in held:
            connection.close()


def _is_open(connection: socket.socket) -> bool:
    try:
        connection.setblocking(False)
        if connection.recv(1000):
            return True
    except BlockingIOError:
        return True
    except OSError:
        pass
    connection.close()
    return False
