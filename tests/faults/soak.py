"""Every fault test at length: histories, kills, power cuts, mutants, a day; figures as it goes, then a table."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import qasync
from PySide6.QtCore import QCoreApplication

from shared.backend.storage.database import Database
from shared.ui.event_loop import application
from tests.display.bursts import Burst
from tests.display.random_turns import faults_after_bursts
from tests.faults import killing
from tests.faults.day import day
from tests.faults.display_day import display_day
from tests.faults.history import HistoryResult, in_memory_history, ledger_history
from tests.faults.mutants import tried_mutants
from tests.faults.power import Cut, campaign

AT_ONCE = 2
"""Processes, for two cores."""

BLOCK = 50
"""Histories a process plays before it reports."""

SEEN = 50
"""Bursts on the screen of one display; it is as many as the tests play."""

AT_REST_WITHIN = 600.0
"""Seconds for all of these, also on a machine with much else to do."""

ONE_IN = 40
"""One in this many histories is played on the real ledger and a real file."""


@dataclass
class Table:
    """What was done, what went wrong, how long it took."""

    lines: list[str] = field(default_factory=list)
    wrong: int = 0

    @contextmanager
    def timed(self, what: str) -> Iterator[list[str]]:
        """One line of the table; what is appended becomes its figures."""
        began, figures = time.monotonic(), list[str]()
        say(f"── {what}")
        yield figures
        self.lines.append(f"| {what} | {', '.join(figures)} | {time.monotonic() - began:.0f} s |")

    def violated(self, sentence: str) -> None:
        self.wrong += 1
        say(f"VIOLATION: {sentence}")

    def __str__(self) -> str:
        return "\n".join(["| what | figures | took |", "| --- | --- | --- |", *self.lines])


def say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201  # a person watches


def soak(
    *, histories: int, points: int, cuts: int, mutants: bool, bursts: int, hours: int, tickets: int, seed: int
) -> int:
    """Run all of it; the number of violations."""
    table, began = Table(), time.monotonic()
    if histories:
        _histories(table, histories, seed)
    if points:
        _kill_points(table, points, seed)
    if cuts:
        _power_cuts(table, cuts, seed)
    if mutants:
        _mutants(table)
    if bursts:
        _bursts(table, bursts, seed)
        _bursts_seen(table, bursts, seed)
    if hours:
        _display_day(table, hours, seed)
    if tickets:
        _day(table, tickets, seed)
    say(f"\n{table}\n\n{table.wrong} violations in {(time.monotonic() - began) / 60:.1f} minutes")
    return table.wrong


# ── histories ──


def _histories(table: Table, wanted: int, first: int) -> None:
    done = events = tickets = deaths = real = 0
    with table.timed(f"{wanted:,} histories of bad luck") as figures:
        blocks = [(start, min(BLOCK, first + wanted - start)) for start in range(first, first + wanted, BLOCK)]
        for results in _in_processes(blocks):
            for one in results:
                done, events, tickets = done + 1, events + one.events, tickets + one.tickets
                deaths, real = deaths + one.deaths, real + is_on_the_ledger(one.seed)
                for fault in one.faults:
                    table.violated(f"{fault}\n    python -m tests.faults --seed {one.seed}")
            if done % 500 < BLOCK:
                say(f"histories: {done} of {wanted}, {tickets} tickets, {deaths} deaths, {table.wrong} violations")
        figures += [f"{events:,} events", f"{tickets:,} tickets", f"{deaths:,} deaths of the backend"]
        figures += [f"{real:,} on a real file"]


def _in_processes(blocks: Iterable[tuple[int, int]]) -> Iterator[list[HistoryResult]]:
    """Play blocks in spawned processes: a forked one would inherit the locks of this one's threads."""
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        yield from pool.map(block, *zip(*blocks, strict=True))


def block(first: int, count: int) -> list[HistoryResult]:
    """Some histories, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        return [history_of(seed, Path(folder)) for seed in range(first, first + count)]


def is_on_the_ledger(seed: int) -> bool:
    return seed % ONE_IN == 0


def history_of(seed: int, folder: Path, *, talkative: bool = False) -> HistoryResult:
    """The history of a seed, on the backend the seed decides."""
    if not is_on_the_ledger(seed):
        return in_memory_history(seed, talkative=talkative)
    empty = folder / "empty.db"
    if not empty.exists():
        Database(f"sqlite:///{empty}", create=True).close()
    return ledger_history(seed, empty, folder, talkative=talkative)


# ── the others ──


def _kill_points(table: Table, wanted: int, first: int) -> None:
    """Two processes, each with scripts of its own."""
    share = [wanted // AT_ONCE + (place < wanted % AT_ONCE) for place in range(AT_ONCE)]
    scripts = [first + 1_000 * place for place in range(AT_ONCE)]
    with table.timed(f"{wanted:,} kills at a statement") as figures:
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(_killed, share, scripts))
        for wrong, sentences in results:
            for sentence in sentences:
                if sentence.startswith("VIOLATION"):
                    table.violated(sentence)
            figures.append(sentences[-1])
            assert wrong == sum(sentence.startswith("VIOLATION") for sentence in sentences)


def _killed(wanted: int, first: int) -> tuple[int, list[str]]:
    sentences: list[str] = []

    def hear(sentence: str) -> None:
        sentences.append(sentence)
        say(f"[{os.getpid()}] {sentence}")

    return killing.main(wanted, first, hear), sentences


def _power_cuts(table: Table, wanted: int, first: int) -> None:
    """Each process plays scenes of its own."""
    share = [wanted // AT_ONCE + (place < wanted % AT_ONCE) for place in range(AT_ONCE)]
    with table.timed(f"{wanted:,} power cuts") as figures:
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(_cut_off, share, [first + 1_000 * place for place in range(AT_ONCE)]))
        for cut in itertools.chain(*results):
            if cut.faults:
                table.violated(f"{cut.faults}\n    {cut.command}")
        syncs = sum(cut.at_a_sync for cut in itertools.chain(*results))
        answered = sum(cut.answered for cut in itertools.chain(*results))
        figures += [f"{syncs:,} at a sync", f"{answered:,} answers given before"]


def _cut_off(wanted: int, first: int) -> list[Cut]:
    done: list[Cut] = []
    for cut in campaign(wanted, first):
        done.append(cut)
        if len(done) % 100 == 0:
            say(f"[{os.getpid()}] power cuts: {len(done)} of {wanted}, {sum(bool(one.faults) for one in done)} wrong")
    return done


def _mutants(table: Table) -> None:
    with table.timed("faults put into the rules") as figures:
        noticed = 0
        for mutant, test in tried_mutants(AT_ONCE):
            noticed += bool(test)
            say(f"{mutant.file}: {mutant.breaks}: {test or 'NOBODY NOTICED'}")
            if not test:
                table.violated(f"no test notices when {mutant.breaks} ({mutant.file}: {mutant.old!r})")
        figures.append(f"{noticed} noticed")


def _bursts(table: Table, wanted: int, first: int) -> None:
    with table.timed(f"{wanted:,} bursts of calls, heard at a hall display") as figures:
        turns = 0
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            for seed, (announced, faults) in enumerate(
                pool.map(_burst, range(first, first + wanted), chunksize=BLOCK), first
            ):
                turns += announced
                for fault in faults:
                    table.violated(f"{fault}\n    python -m tests.faults burst --seed {seed}")
        figures.append(f"{turns:,} announcements")


@cache
def _application() -> QCoreApplication:
    """Qt's timers want one in each process."""
    return QCoreApplication(["soak"])


def _burst(seed: int) -> tuple[int, list[str]]:
    _application()
    burst = Burst(seed)
    faults = burst.run()
    return len(burst.turns), faults


def _bursts_seen(table: Table, wanted: int, first: int) -> None:
    with table.timed(f"{wanted:,} bursts of calls, seen on a hall display") as figures:
        seeds = range(first, first + -(-wanted // SEEN))
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            for seed, faults in zip(seeds, pool.map(seen_bursts, seeds), strict=True):
                if (seed - first) % SEEN == 0:
                    say(f"bursts seen: {SEEN * (seed - first)} of {wanted}")
                for fault in faults:
                    table.violated(f"{fault}\n    python -m tests.faults seen --seed {seed}")
        figures.append(f"{SEEN * len(seeds):,} frames read")


def seen_bursts(seed: int) -> list[str]:
    """What was wrong in the frames of some bursts at one display."""
    app = application("soak")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        try:
            return runner.run(asyncio.wait_for(faults_after_bursts(seed, SEEN), AT_REST_WITHIN))
        except TimeoutError:
            return ["the display does not come to rest, or does not show the open calls"]


def _display_day(table: Table, hours: int, seed: int) -> None:
    with table.timed(f"{hours} hours of a hall display") as figures:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            result = pool.submit(display_day, hours, seed, say).result()
        for fault in result.faults:
            table.violated(f"{fault}\n    python -m tests.faults display --hours {hours} --seed {seed}")
        figures += [
            f"{result.events:,} events",
            f"{result.announcements:,} announcements",
            f"{result.pages:,} pages",
            f"memory {result.settled[0]:.1f} → {result.settled[-1]:.1f} MiB",
            f"half to half {result.rise:+.1f} MiB",
        ]


def _day(table: Table, tickets: int, seed: int) -> None:
    with table.timed(f"a day of {tickets:,} tickets") as figures:
        result = day(tickets, seed, say)
        for fault in result.faults:
            table.violated(fault)
        figures += [
            f"{result.called:,} called",
            f"{result.misfortunes:,} answers spoiled",
            f"{result.unanswered:,} asked again",
            f"{result.kills} kills",
            f"database held {result.holds} times",
            f"memory {result.rss_before:.1f} → {result.rss_after:.1f} MB",
        ]
