"""Runs the benchmarks and prints a table; fails if a promise about speed is not kept.

``python -m benchmarks durable`` runs only the benchmarks named.
"""

from __future__ import annotations

import sys

from benchmarks import call_cost, display_frames, durable, full_hall, listening, many_halls, nuisance
from benchmarks.measured import Measured

ALL = {
    "durable": durable,
    "listening": listening,
    "calling": call_cost,
    "full": full_hall,
    "halls": many_halls,
    "nuisance": nuisance,
    "display": display_frames,
}


def main(wanted: list[str]) -> int:
    print("| what | ours | compared with | its figure | ratio | promised | |")
    print("| --- | ---: | --- | ---: | ---: | ---: | --- |")
    broken = 0
    for benchmark in [ALL[name] for name in wanted or ALL]:
        for row in benchmark.measure():
            broken += not row.kept
            print(table_row(row), flush=True)
    return 1 if broken else 0


def table_row(row: Measured) -> str:
    figures = f"{row.value:,.0f} {row.unit} | {row.against} | {row.peer:,.0f} {row.unit} | {row.ratio:.2f}"
    return f"| {row.what} | {figures} | {row.promise} | {row.verdict} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
