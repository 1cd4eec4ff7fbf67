"""``python -m tests.faults``: replay one history or power cut, attack a backend, or soak the whole product."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tests.backends import DATABASES
from tests.display.bursts import Burst
from tests.faults.attack import attack
from tests.faults.display_day import display_day
from tests.faults.mutants import tried_mutants
from tests.faults.power import SCENES, cut_power, record_scene
from tests.faults.soak import history_of, say, seen_bursts, soak

ACTIONS = ("replay", "soak", "attack", "mutants", "power", "burst", "seen", "display")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=ACTIONS, default="replay")
    parser.add_argument("--seed", type=int, default=0, help="the history to replay, or the first of the soak")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=1_000, help="kill points")
    parser.add_argument("--cuts", type=int, default=1_000, help="power cuts")
    parser.add_argument("--scene", choices=SCENES, help="of the power cut to replay")
    parser.add_argument("--cut", type=int, default=0, help="the step before which the power goes")
    parser.add_argument("--bursts", type=int, default=10_000, help="of calls at a hall display")
    parser.add_argument("--hours", type=int, default=24, help="of a hall display")
    parser.add_argument("--tickets", type=int, default=5_000, help="of the day")
    parser.add_argument("--minutes", type=float, default=10, help="of the attack")
    parser.add_argument(
        "--database", choices=DATABASES, default="sqlite", help="of the attack; two backends on PostgreSQL"
    )
    parser.add_argument("--no-mutants", action="store_true")
    arguments = parser.parse_args()
    if arguments.what == "replay":
        return _replay(arguments.seed)
    if arguments.what == "mutants":
        return _mutants()
    if arguments.what == "power":
        return _power(arguments.scene, arguments.seed, arguments.cut)
    if arguments.what == "burst":
        return _burst(arguments.seed)
    if arguments.what == "seen":
        return _violated(seen_bursts(arguments.seed))
    if arguments.what == "display":
        return _violated(display_day(arguments.hours, arguments.seed, say).faults)
    if arguments.what == "attack":
        return int(attack(minutes=arguments.minutes, seed=arguments.seed, database=arguments.database, say=say) > 0)
    wrong = soak(
        histories=arguments.histories,
        points=arguments.points,
        cuts=arguments.cuts,
        mutants=not arguments.no_mutants,
        bursts=arguments.bursts,
        hours=arguments.hours,
        tickets=arguments.tickets,
        seed=arguments.seed,
    )
    return 1 if wrong else 0


def _replay(seed: int) -> int:
    """Print one history line by line, and what was wrong in the end."""
    with tempfile.TemporaryDirectory() as folder:
        result = history_of(seed, Path(folder), talkative=True)
    for line in result.log:
        say(line)
    say(f"seed {seed}: {result.events} events, {result.tickets} tickets, {result.deaths} deaths of the backend")
    return _violated(result.faults)


def _power(scene: str, seed: int, cut: int) -> int:
    """Print the steps until a power cut, and what was wrong on the disk it left."""
    recorded = record_scene(scene, seed)
    for number, step in enumerate(recorded.record.steps[:cut]):
        say(f"{number}: {step!r:.150}")
    return _violated(list(cut_power(recorded, scene, seed, cut).faults))


def _burst(seed: int) -> int:
    """Print what was heard in one burst of calls, and what was wrong."""
    app = QCoreApplication(["burst"])
    burst = Burst(seed)
    faults = burst.run()
    for played in burst.player.played:
        say(f"{played.began / 1000:8.1f} s  {played.sound}  {played.fault}")
    del app
    return _violated(faults)


def _violated(faults: list[str]) -> int:
    for fault in faults:
        say(f"VIOLATION: {fault}")
    return 1 if faults else 0


def _mutants() -> int:
    missed = 0
    for mutant, test in tried_mutants():
        missed += not test
        say(f"{mutant.file}: {mutant.breaks}: {test or 'NOBODY NOTICED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
