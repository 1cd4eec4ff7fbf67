"""Whatever happens, however fast, whatever stands still: every row of the model is in the frame, whole and legible."""

from __future__ import annotations

import pytest

from tests.display.random_turns import faults_after_bursts

SEEDS, BURSTS = 4, 50
"""``make soak`` plays more of them."""


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_after_any_burst_every_row_is_painted_whole(qapp, seed: int) -> None:
    assert await faults_after_bursts(seed, BURSTS) == []
