"""``python -m tests.faults``: replay one history or power cut, attack a backend, or soak the whole product."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.backends import DATABASES
from tests.faults.attack import attack
from tests.faults.mutants import survivors
from tests.faults.power import SCENES, cut_off, played
from tests.faults.soak import one, say, soak

WHAT = ("replay", "soak", "attack", "mutants", "power")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=WHAT, default="replay")
    parser.add_argument("--seed", type=int, default=0, help="the history to replay, or the first of the soak")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=1_000, help="kill points")
    parser.add_argument("--cuts", type=int, default=1_000, help="power cuts")
    parser.add_argument("--scene", choices=SCENES, help="of the power cut to replay")
    parser.add_argument("--cut", type=int, default=0, help="the step before which the power goes")
    parser.add_argument("--tickets", type=int, default=5_000, help="of the day")
    parser.add_argument("--minutes", type=float, default=10, help="of the attack")
    parser.add_argument(
        "--database", choices=DATABASES, default="sqlite", help="of the attack; two backends on PostgreSQL"
    )
    parser.add_argument("--no-mutants", action="store_true")
    asked = parser.parse_args()
    if asked.what == "replay":
        return _replay(asked.seed)
    if asked.what == "mutants":
        return _mutants()
    if asked.what == "power":
        return _power(asked.scene, asked.seed, asked.cut)
    if asked.what == "attack":
        return int(attack(minutes=asked.minutes, seed=asked.seed, database=asked.database, say=say) > 0)
    wrong = soak(
        histories=asked.histories,
        points=asked.points,
        cuts=asked.cuts,
        mutants=not asked.no_mutants,
        tickets=asked.tickets,
        seed=asked.seed,
    )
    return 1 if wrong else 0


def _replay(seed: int) -> int:
    """One history, told line by line, and what was wrong in the end."""
    with tempfile.TemporaryDirectory() as folder:
        told = one(seed, Path(folder), talkative=True)
    for line in told.log:
        say(line)
    say(f"seed {seed}: {told.events} events, {told.tickets} tickets, {told.deaths} deaths of the backend")
    for fault in told.faults:
        say(f"VIOLATION: {fault}")
    return 1 if told.faults else 0


def _power(scene: str, seed: int, cut: int) -> int:
    """What was done until the power went, and what was wrong on the disk it left."""
    of = played(scene, seed)
    for number, step in enumerate(of.record.steps[:cut]):
        say(f"{number}: {step!r:.150}")
    faults = cut_off(of, scene, seed, cut).faults
    for fault in faults:
        say(f"VIOLATION: {fault}")
    return 1 if faults else 0


def _mutants() -> int:
    missed = 0
    for mutant, by in survivors():
        missed += not by
        say(f"{mutant.file}: {mutant.breaks}: {by or 'NOBODY NOTICED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
