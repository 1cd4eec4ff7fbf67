"""Whatever lines, clocks and the backend do: one press is one ticket, called to one point, and all pictures agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.backend.storage.database import Database
from shared.hall.messages import Happened
from tests.faults.backend import Remembered
from tests.faults.history import History, Told, kept, remembered
from tests.faults.world import World

HISTORIES, WITH_A_DATABASE = 80, 3


def sound(told: Told) -> bool:
    assert not told.faults, f"python -m tests.faults --seed {told.seed}: {told.faults}"
    return True


def test_nothing_is_lost_doubled_or_served_twice() -> None:
    told = [remembered(seed) for seed in range(HISTORIES)]
    assert all(map(sound, told))
    assert sum(one.tickets for one in told) > 10 * HISTORIES, "else this would prove little"
    assert sum(one.deaths for one in told) > HISTORIES


def test_the_real_ledger_keeps_it_too(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    Database(f"sqlite:///{empty}", create=True).close()
    assert all(sound(kept(seed, empty, tmp_path)) for seed in range(WITH_A_DATABASE))


def test_a_seed_tells_the_same_history_again() -> None:
    first, again = (remembered(7, talkative=True) for _ in range(2))
    assert first == again
    assert first.log


# ── a backend with a fault is found out, else all this would prove nothing ──


class Forgetful(Remembered):
    """Its answers go with the process."""

    def _forget(self) -> None:
        super()._forget()
        self._answers.clear()


class Hasty(Remembered):
    """It answers first and keeps later, which a death may prevent."""

    def _forget(self) -> None:
        super()._forget()
        del self._kept[-1:]


class Deaf(Remembered):
    """It does not tell listeners every event."""

    def after(self, seq: int) -> list[Happened]:
        return super().after(seq)[:1]


@pytest.mark.parametrize("kind", [Forgetful, Hasty, Deaf])
def test_a_backend_with_a_fault_is_found_out(kind: type[Remembered]) -> None:
    for seed in range(60):
        history = History(seed, kind(World(seed)))
        try:
            history.play()
            if history.told().faults:
                return
        except (KeyError, IndexError):  # it contradicts itself so much that it falls over
            return
    pytest.fail("nobody noticed")
