"""What a person may say when starting the kiosk."""

from __future__ import annotations

import argparse
from pathlib import Path


def options_of(argv: list[str] | None) -> argparse.Namespace:
    """The options; wrong usage ends the program with exit status 2."""
    parser = argparse.ArgumentParser("nowserving kiosk", description="The touchscreen where customers take a ticket.")
    parser.add_argument("--hall", metavar="URL", help="how to reach the hall: http(s)://… or a database URL")
    parser.add_argument("--windowed", action="store_true", help="a window instead of the whole screen")
    parser.add_argument("--config", type=Path, metavar="PATH", help="the settings file, if not the usual one")
    return parser.parse_args(argv)
