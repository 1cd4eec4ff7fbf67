"""What may be written behind ``nowserving display``."""

from __future__ import annotations

import argparse
from pathlib import Path


def options_of(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("nowserving display", description="The hall display, or the sign over a point.")
    parser.add_argument("--hall", metavar="URL", help="address of the hall: http(s)://HOST:PORT or a database URL")
    parser.add_argument("--point", metavar="N", help="show the sign over this service point: its serial number or id")
    parser.add_argument("--windowed", action="store_true", help="stay in a window instead of filling the screen")
    parser.add_argument("--config", type=Path, metavar="PATH", help="settings file, if not the usual one")
    return parser.parse_args(argv)
