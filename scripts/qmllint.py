"""Lints all our QML files, including their use of types that Python registers; a warning is a failure.

    .venv/bin/python scripts/qmllint.py

qmllint has to be told what Python registers. Qt's own tool reads that from the source and misses half of it (before
6.12 it drops ``constant``), so it is read from the classes' live meta-objects, written in moc's form, turned into
``.qmltypes`` and put beside copies of our QML modules under build/qmllint, where the lint runs. None of this is kept in
the repository: the files hold absolute paths and differ between versions of Qt.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PySide6
from PySide6.QtCore import QMetaMethod, QMetaObject, QMetaProperty, QObject

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = ("kiosk", "display", "console", "demo", "shared")
IMPORT_PATHS = ("resources/qml", *(f"{room}/qml" for room in ROOMS))
COPY = HOUSE / "build" / "qmllint"
TYPES = "python.qmltypes"
METATYPES = Path(PySide6.__file__).parent / "Qt" / "metatypes"
FOREIGN = ("qt6core", "qt6gui", "qt6qml", "qt6quick")


def main() -> int:
    origins = copy_modules()
    if not origins:
        print("qmllint: there are no QML files")  # noqa: T201  # its report
        return 0
    for module, classes in python_types().items():
        describe(module, classes)
    return lint(origins)


def copy_modules() -> dict[Path, Path]:
    """Copy all our QML modules into one import path; returns each copied QML file with its original."""
    shutil.rmtree(COPY, ignore_errors=True)
    origins = {}
    for folder in (HOUSE / path for path in IMPORT_PATHS):
        for file in (*folder.rglob("*.qml"), *folder.rglob("*.js"), *folder.rglob("qmldir")):
            copy = COPY / file.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            origins[copy] = file
    return {copy: file for copy, file in origins.items() if file.suffix == ".qml"}


def python_types() -> dict[str, list[type[QObject]]]:
    """The classes Python adds to each QML module."""
    found: dict[str, list[type[QObject]]] = defaultdict(list)
    for room in ROOMS:
        for file in sorted((HOUSE / room).rglob("*.py")):
            if re.search(r"^QML_IMPORT_NAME\b", file.read_text("utf-8"), re.MULTILINE):
                module = importlib.import_module(".".join(file.relative_to(HOUSE).with_suffix("").parts))
                found[module.QML_IMPORT_NAME] += classes_of(module.__name__)
    return found


def classes_of(module: str) -> Iterator[type[QObject]]:
    for _, kind in inspect.getmembers(sys.modules[module], inspect.isclass):
        if kind.__module__ == module and issubclass(kind, QObject):
            yield kind


def describe(module: str, classes: list[type[QObject]]) -> None:
    """Write the types of one module as qmllint reads them, and name the file in the module's qmldir."""
    folder = COPY.joinpath(*module.split("."))
    folder.mkdir(parents=True, exist_ok=True)
    with_bases = dict.fromkeys(base for kind in classes for base in ours(kind.__mro__))
    dump = [{"classes": [describe_class(kind) for kind in with_bases], "inputFile": "python.h"}]
    metatypes = folder / "python.json"
    metatypes.write_text(json.dumps(dump), "utf-8")
    foreign = ",".join(str(METATYPES / f"{name}_metatypes.json") for name in FOREIGN)
    run_tool(
        "pyside6-qmltyperegistrar", str(metatypes), "-o", os.devnull, "--generate-qmltypes", str(folder / TYPES),
        "--import-name", module, "--major-version", "1", "--minor-version", "0", "--foreign-types", foreign,
    )  # fmt: skip
    qmldir = folder / "qmldir"
    # QtQuick: classes derive from its types, and use its colours
    known = qmldir.read_text("utf-8") if qmldir.exists() else f"module {module}\n"
    qmldir.write_text(f"{known.rstrip()}\ntypeinfo {TYPES}\ndepends QtQuick\n", "utf-8")


def ours(classes: tuple[type, ...]) -> Iterator[type[QObject]]:
    for kind in classes:
        if issubclass(kind, QObject) and not kind.__module__.startswith("PySide6"):
            yield kind


def describe_class(kind: type[QObject]) -> dict[str, Any]:
    """One class as moc would describe it."""
    meta: QMetaObject = kind.staticMetaObject  # type: ignore[attr-defined]  # the stubs leave it out
    methods = [meta.method(i) for i in range(meta.methodOffset(), meta.methodCount())]
    enums = [meta.enumerator(i) for i in range(meta.enumeratorOffset(), meta.enumeratorCount())]
    return {
        "className": kind.__name__,
        "qualifiedClassName": kind.__name__,
        "object": True,
        "superClasses": [{"access": "public", "name": meta.superClass().className()}],
        "classInfos": [{"name": name, "value": value} for name, value in decorators_of(kind).items()],
        "properties": [
            property_of(meta.property(i), i - meta.propertyOffset())
            for i in range(meta.propertyOffset(), meta.propertyCount())
        ],
        "signals": [method_of(method) for method in methods if method.methodType() is QMetaMethod.MethodType.Signal],
        "slots": [method_of(method) for method in methods if method.methodType() is QMetaMethod.MethodType.Slot],
        "enums": [
            {"name": enum.name(), "isClass": True, "values": [enum.key(i) for i in range(enum.keyCount())]}
            for enum in enums
        ],
    }


def decorators_of(kind: type[QObject]) -> dict[str, str]:
    """What a class's decorators tell QML, read from its source: Python keeps no other trace of them."""
    decorators = inspect.getsource(kind).split(f"class {kind.__name__}")[0]
    infos = {"QML.Element": "auto" if "@QmlElement" in decorators else "anonymous"}
    if "@QmlUncreatable" in decorators:
        infos["QML.Creatable"] = "false"
    if "@QmlSingleton" in decorators:
        infos["QML.Singleton"] = "true"
    return infos


def property_of(known: QMetaProperty, index: int) -> dict[str, Any]:
    description: dict[str, Any] = {"name": known.name(), "type": known.typeName(), "index": index, "read": known.name()}
    if known.isConstant():
        description["constant"] = True
    if known.isWritable():
        description["write"] = known.name()
    if known.hasNotifySignal():
        description["notify"] = text(known.notifySignal().name())
    return description


def method_of(known: QMetaMethod) -> dict[str, Any]:
    types = [text(kind) for kind in known.parameterTypes()]
    return {
        "access": "public",
        "name": text(known.name()),
        "returnType": known.typeName() or "void",
        "arguments": [{"name": f"argument{number}", "type": kind} for number, kind in enumerate(types, 1)],
    }


def text(name: Any) -> str:
    return bytes(name).decode()


def lint(origins: dict[Path, Path]) -> int:
    """Run qmllint; its report names the original files. Absolute paths only: with relative ones, or with --module,
    it misses singletons and wrong members. Without -W 0 it succeeds in spite of warnings."""
    done = run_tool("pyside6-qmllint", "-I", str(COPY), "-W", "0", *map(str, origins), check=False)
    report = done.stdout + done.stderr
    for copy, original in origins.items():
        report = report.replace(str(copy), str(original.relative_to(HOUSE)))
    print(report.strip() or f"qmllint: {len(origins)} files, no warning")  # noqa: T201  # its report
    return done.returncode


def run_tool(name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of Qt's tools, from the folder of the Python that runs this."""
    tool = shutil.which(name, path=Path(sys.executable).parent) or name
    return subprocess.run([tool, *arguments], check=check, capture_output=True, text=True)  # noqa: S603  # our own words


if __name__ == "__main__":
    sys.path.insert(0, str(HOUSE))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
