"""Runs the backend as it is shipped on a machine whose clock is set and whose file descriptors are few.

``python -m tests.faults.stepping FILE HARD serve …``: the file holds the seconds by which the wall's clock is wrong,
read at every look at it. Only ``Clock.wall`` is stepped, which what is decided goes by; the log keeps the true time.
"""

from __future__ import annotations

import resource
import sys
from datetime import datetime, timedelta
from pathlib import Path

from shared.backend.halls.clock import Clock
from shared.cli import commands

SOFT_LIMIT = 1_024
"""Files that are usual for a program to begin with."""


def main() -> int:
    step, hard = Path(sys.argv[1]), int(sys.argv[2])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT_LIMIT, hard or most))
    true = Clock.wall

    def wall(self: Clock) -> datetime:
        return true(self) + timedelta(seconds=int(step.read_text("ascii")))

    Clock.wall = wall  # type: ignore[method-assign]
    return commands.main(sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
