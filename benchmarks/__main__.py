"""Measures what we promise about speed and prints the table; fails when a promise is not kept.

Name parts of it (``python -m benchmarks durable``) to measure only those.
"""

from __future__ import annotations

import sys

from benchmarks import call_cost, durable, listening, many_halls, nuisance
from benchmarks.measured import Measured

ALL = {"durable": durable, "listening": listening, "calling": call_cost, "halls": many_halls, "nuisance": nuisance}


def main(wanted: list[str]) -> int:
    print("| what | ours | peer | its figure | ratio | promised | |")
    print("| --- | ---: | --- | ---: | ---: | ---: | --- |")
    broken = 0
    for benchmark in [ALL[name] for name in wanted or ALL]:
        for row in benchmark.measure():
            broken += not row.kept
            print(line(row), flush=True)
    return 1 if broken else 0


def line(row: Measured) -> str:
    figures = f"{row.value:,.0f} {row.unit} | {row.against} | {row.peer:,.0f} {row.unit} | {row.ratio:.2f}"
    return f"| {row.what} | {figures} | {row.promise} | {row.verdict} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
