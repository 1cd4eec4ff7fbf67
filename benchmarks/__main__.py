"""Measures what we promise about speed and prints the table; fails when a promise is not kept."""

from __future__ import annotations

import sys

from benchmarks import calling, durable


def main() -> int:
    print("| what | measured | against | measured | ratio | promised |")
    print("| --- | --- | --- | --- | --- | --- |")
    broken = 0
    for benchmark in (calling, durable):
        for row in benchmark.measure():
            broken += not row.kept
            promise = f"{'at most' if row.at_most else 'at least'} {row.limit:g}"
            print(
                f"| {row.what} | {row.value:,.0f} {row.unit} | {row.against} | {row.peer:,.0f} {row.unit} "
                f"| {row.ratio:.2f} | {promise}{'' if row.kept else ' (NOT KEPT)'} |",
                flush=True,
            )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
