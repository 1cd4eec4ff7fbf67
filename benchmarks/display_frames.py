"""What a hall display without a graphics chip needs: its processor while nothing happens and during a call, and how
smoothly a call arrives, at 1080p and 4K; against the same call with a light that is painted sixty times a second."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync

from benchmarks.measured import Measured
from display.app import DisplayWindow
from display.screen.qml_sizes import Viewing
from shared.settings import Settings
from shared.ui.event_loop import application
from tests.display.waiting_room import Room, items
from tests.memory_link import MemoryLink, clinic

SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}

IDLE = 3.0
"""How long nothing happens, in seconds."""

MOVE = 0.28
"""How long the arrival of a call moves the others, in seconds; as in Theme.qml."""

SMOOTH = 16
"""Between two steps of a light that is painted sixty times a second, in milliseconds."""

LATE = 0.025
"""Between two frames of a move, in seconds: sixty a second, and half a frame for the machine."""


async def until(fact: Callable[[], object]) -> None:
    while not fact():  # noqa: ASYNC110  # as in the tests: any fact, not an event
        await asyncio.sleep(0.1)  # looking costs processor time too


def measure() -> Iterator[Measured]:
    app = application("benchmarks")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        for name, size in SIZES.items():
            yield from runner.run(_measured(name, size))


async def _measured(name: str, size: tuple[int, int]) -> list[Measured]:
    room = await Room(MemoryLink(clinic()), until).live()
    display = DisplayWindow(
        room.station, Settings(sound=False, motion="full"), viewing=Viewing(farthest_seat=5), silent_turn=20
    )
    display.window.resize(*size)
    display.window.show()
    theme = display._qml.theme  # noqa: SLF001  # to draw the light as it was
    await _processor_time(_pulses(room, display))
    idle = await _processor_time(asyncio.sleep(IDLE))
    late, frames = await _arrival(room, display)
    ours = await _processor_time(_pulses(room, display))
    theme.setProperty("still", True)
    less = await _processor_time(_pulses(room, display))
    theme.setProperty("still", False)
    theme.setProperty("pulseStep", SMOOTH)
    smooth = await _processor_time(_pulses(room, display))
    display.close()
    room.station.stop()
    return [
        Measured(
            what=f"display {name}, idle", value=1000 * idle / IDLE, against="a core", peer=1000, unit="ms/s", limit=0.05
        ),
        _compared(f"display {name}, a call", ours, smooth, limit=0.4),
        _compared(f"display {name}, a call, motion less", less, smooth, limit=0.3),
        Measured(
            what=f"display {name}, late frames", value=late, against="frames of an arrival", peer=frames, unit="frames"
        ),
    ]


def _compared(what: str, ours: float, smooth: float, limit: float) -> Measured:
    return Measured(
        what=what, value=1000 * ours, against="a light at 60 Hz", peer=1000 * smooth, unit="ms CPU", limit=limit
    )


async def _processor_time(waited: Awaitable[object]) -> float:
    began = time.process_time()
    await waited
    return time.process_time() - began


async def _pulses(room: Room, display: DisplayWindow) -> None:
    """A call, until its light has pulsed for the last time; however slow the machine, it shows every step."""
    room.call("1")
    await until(lambda: _is_pulsing(display))
    await until(lambda: not _is_pulsing(display))


def _is_pulsing(display: DisplayWindow) -> bool:
    return any(glow.property("pulsing") for glow in items(display.window, "glow"))


async def _arrival(room: Room, display: DisplayWindow) -> tuple[int, int]:
    """How many frames of an arrival come late, and how many there are."""
    swapped: list[float] = []

    def note() -> None:
        swapped.append(time.perf_counter())

    display.window.frameSwapped.connect(note)
    await _pulses(room, display)
    display.window.frameSwapped.disconnect(note)
    moving = [at for at in swapped if at < swapped[0] + MOVE]
    return sum(after - before > LATE for before, after in pairwise(moving)), len(moving)
