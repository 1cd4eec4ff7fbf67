"""Whatever connections, clocks and the backend do: one press is one ticket, called to one point, on every station."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.backend.storage.database import Database
from shared.hall.messages import Happened
from tests.faults.backend import InMemoryBackend
from tests.faults.history import History, HistoryResult, in_memory_history, ledger_history
from tests.faults.world import World

HISTORIES, WITH_A_DATABASE = 80, 3


def is_sound(result: HistoryResult) -> bool:
    assert not result.faults, f"python -m tests.faults --seed {result.seed}: {result.faults}"
    return True


def test_nothing_is_lost_doubled_or_served_twice() -> None:
    results = [in_memory_history(seed) for seed in range(HISTORIES)]
    assert all(map(is_sound, results))
    assert sum(one.tickets for one in results) > 10 * HISTORIES, "or this would prove little"
    assert sum(one.deaths for one in results) > HISTORIES


def test_the_real_ledger_keeps_it_too(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    Database(f"sqlite:///{empty}", create=True).close()
    assert all(is_sound(ledger_history(seed, empty, tmp_path)) for seed in range(WITH_A_DATABASE))


def test_a_seed_tells_the_same_history_again() -> None:
    first, again = (in_memory_history(7, talkative=True) for _ in range(2))
    assert first == again
    assert first.log


# ── a backend with a fault is found out: otherwise all this would prove nothing ──


class Forgetful(InMemoryBackend):
    """A fault: its answers are lost with the process."""

    def _lose_memory(self) -> None:
        super()._lose_memory()
        self._answers.clear()


class Hasty(InMemoryBackend):
    """A fault: it answers before it commits."""

    def _lose_memory(self) -> None:
        super()._lose_memory()
        del self._journal[-1:]


class Deaf(InMemoryBackend):
    """A fault: it does not send every event to listeners."""

    def after(self, seq: int) -> list[Happened]:
        return super().after(seq)[:1]


@pytest.mark.parametrize("kind", [Forgetful, Hasty, Deaf])
def test_a_backend_with_a_fault_is_found_out(kind: type[InMemoryBackend]) -> None:
    for seed in range(60):
        history = History(seed, kind(World(seed)))
        try:
            history.play()
            if history.result().faults:
                return
        except (KeyError, IndexError):  # a hall that contradicts itself may break the rules' own code
            return
    pytest.fail("nobody noticed")
