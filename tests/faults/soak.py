"""Everything at length: histories, kills, power cuts, faults in the rules, a day; figures as it goes, then a table."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from shared.backend.storage.database import Database
from tests.faults import killing
from tests.faults.day import day
from tests.faults.history import Told, kept, remembered
from tests.faults.mutants import survivors
from tests.faults.power import Cut, campaign

AT_ONCE = 2
"""Processes: the promise is for two cores."""

BLOCK = 50
"""Histories a process plays before it says how they went."""

ONE_IN = 40
"""Of so many histories one is played on the real ledger and a real file."""


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


def soak(*, histories: int, points: int, cuts: int, mutants: bool, tickets: int, seed: int) -> int:
    """All of it; how many promises were broken."""
    table, began = Table(), time.monotonic()
    if histories:
        _histories(table, histories, seed)
    if points:
        _kill_points(table, points, seed)
    if cuts:
        _power_cuts(table, cuts, seed)
    if mutants:
        _mutants(table)
    if tickets:
        _day(table, tickets, seed)
    say(f"\n{table}\n\n{table.wrong} violations in {(time.monotonic() - began) / 60:.1f} minutes")
    return table.wrong


# ── histories ──


def _histories(table: Table, wanted: int, first: int) -> None:
    done = events = tickets = deaths = real = 0
    with table.timed(f"{wanted:,} histories of bad luck") as figures:
        blocks = [(start, min(BLOCK, first + wanted - start)) for start in range(first, first + wanted, BLOCK)]
        for told in _in_processes(blocks):
            for one in told:
                done, events, tickets = done + 1, events + one.events, tickets + one.tickets
                deaths, real = deaths + one.deaths, real + is_kept(one.seed)
                for fault in one.faults:
                    table.violated(f"{fault}\n    python -m tests.faults --seed {one.seed}")
            if done % 500 < BLOCK:
                say(f"histories: {done} of {wanted}, {tickets} tickets, {deaths} deaths, {table.wrong} violations")
        figures += [f"{events:,} events", f"{tickets:,} tickets", f"{deaths:,} deaths of the backend"]
        figures += [f"{real:,} on a real file"]


def _in_processes(blocks: Iterable[tuple[int, int]]) -> Iterator[list[Told]]:
    """Each process starts afresh: one forked from this one would take its threads' locks along."""
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        yield from pool.map(block, *zip(*blocks, strict=True))


def block(first: int, count: int) -> list[Told]:
    """Some histories, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        return [one(seed, Path(folder)) for seed in range(first, first + count)]


def is_kept(seed: int) -> bool:
    return seed % ONE_IN == 0


def one(seed: int, folder: Path, *, talkative: bool = False) -> Told:
    """The history of a seed, on whichever backend the seed has."""
    if not is_kept(seed):
        return remembered(seed, talkative=talkative)
    empty = folder / "empty.db"
    if not empty.exists():
        Database(f"sqlite:///{empty}", create=True).close()
    return kept(seed, empty, folder, talkative=talkative)


# ── the others ──


def _kill_points(table: Table, wanted: int, first: int) -> None:
    """Two processes, each with scripts of its own."""
    share = [wanted // AT_ONCE + (place < wanted % AT_ONCE) for place in range(AT_ONCE)]
    scripts = [first + 1_000 * place for place in range(AT_ONCE)]
    with table.timed(f"{wanted:,} kills at a statement") as figures:
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(_killed, share, scripts))
        for wrong, said in results:
            for sentence in said:
                if sentence.startswith("VIOLATION"):
                    table.violated(sentence)
            figures.append(said[-1])
            assert wrong == sum(sentence.startswith("VIOLATION") for sentence in said)


def _killed(wanted: int, first: int) -> tuple[int, list[str]]:
    said: list[str] = []

    def hear(sentence: str) -> None:
        said.append(sentence)
        say(f"[{os.getpid()}] {sentence}")

    return killing.main(wanted, first, hear), said


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
        for mutant, by in survivors(AT_ONCE):
            noticed += bool(by)
            say(f"{mutant.file}: {mutant.breaks}: {by or 'NOBODY NOTICED'}")
            if not by:
                table.violated(f"no test notices when {mutant.breaks} ({mutant.file}: {mutant.old!r})")
        figures.append(f"{noticed} noticed")


def _day(table: Table, tickets: int, seed: int) -> None:
    with table.timed(f"a day of {tickets:,} tickets") as figures:
        came = day(tickets, seed, say)
        for fault in came.faults:
            table.violated(fault)
        figures += [
            f"{came.called:,} called",
            f"{came.misfortunes:,} answers spoiled",
            f"{came.unanswered:,} asked again",
            f"{came.kills} kills",
            f"database held {came.holds} times",
            f"memory {came.rss_before:.1f} → {came.rss_after:.1f} MB",
        ]
