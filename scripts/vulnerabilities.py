"""Looks up known vulnerabilities of the packages in uv.lock; fails if there are any, and says if it could not look."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent


def locked_requirements() -> str:
    """Every package with its version, as pip writes it."""
    command = [str(BIN / "uv"), "export", "--quiet", "--frozen", "--all-extras", "--no-emit-project", "--no-hashes"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def audit(requirements: str) -> list[dict[str, Any]] | None:
    """The known vulnerabilities of each package; None if the service can't be reached."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements)
        file.flush()
        command = [str(BIN / "pip-audit"), "--requirement", file.name, "--no-deps", "--disable-pip", "--format", "json"]
        done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    return found


def main() -> int:
    found = audit(locked_requirements())
    if found is None:
        print("vulnerabilities: the service can't be reached; the packages are NOT audited")
        return 0
    skipped = [one["name"] for one in found if "skip_reason" in one]
    bad = [one for one in found if one.get("vulns")]
    for one in bad:
        names = ", ".join(vulnerability["id"] for vulnerability in one["vulns"])
        print(f"vulnerabilities: {one['name']} {one['version']}: {names}")
    print(f"vulnerabilities: {len(bad)} of {len(found)} packages have some; {len(skipped)} could NOT be looked up")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
