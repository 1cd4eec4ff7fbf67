"""The real chime sounds, through Qt's own player, to its end."""

from __future__ import annotations

import asyncio
import time
import wave

import pytest
from display.chime import CHIME, MAX_CHIME, Chime

pytestmark = pytest.mark.qt_log_ignore("No audio device", extend=True)  # a test machine has none


def test_the_chime_is_short_and_small() -> None:
    with wave.open(str(CHIME)) as sound:
        assert sound.getnchannels() == 1
        assert 0.5 <= sound.getnframes() / sound.getframerate() <= 1.5
    assert CHIME.stat().st_size < 100_000


async def test_a_chime_ends_by_itself_and_can_sound_again(until) -> None:
    ended: list[float] = []
    chime = Chime(has_device=lambda: True)
    chime.ended.connect(lambda: ended.append(time.monotonic()))
    began = time.monotonic()
    chime.play()
    await until(lambda: ended)
    assert ended[0] - began < MAX_CHIME / 1000
    chime.play()
    await until(lambda: len(ended) == 2)
    await asyncio.sleep(0)
    assert len(ended) == 2
    chime.close()
