"""Fixtures of every test; Qt without a screen, and async tests inside Qt's loop."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia*=false")  # it tells of every library it does not find

STATE = tempfile.TemporaryDirectory(prefix="nowserving-tests-")
os.environ["XDG_STATE_HOME"] = STATE.name  # not where the stations of this machine keep their halls

gc.disable()  # as in the apps: Qt objects die on the thread that made them

import pytest
import qasync
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from shared.ui.event_loop import application
from tests import forked_programs, postgres
from tests.backends import Premises, new_database
from tests.cheap_passwords import make_passwords_cheap
from tests.memory_link import MemoryLink, clinic
from tests.settable_clock import Watch


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return application("tests")


def pytest_sessionstart() -> None:
    make_passwords_cheap()


SLOW_FIRST = ("end_to_end", "faults", "access", "backend", "link", "console")
"""The rooms whose files take longest: near the end one of them alone would leave the other cores idle."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle; the order in a room stays random."""
    rank = {room: at for at, room in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.parent.name, len(SLOW_FIRST)))


def pytest_collection_finish() -> None:
    gc.freeze()  # loaded modules stay: collecting through them after each test takes longer than many tests


def pytest_sessionfinish() -> None:
    postgres.close()  # a worker of xdist ends without the interpreter's own farewell
    forked_programs.close()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an ``async def`` test inside Qt's own loop, at most a minute."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted}

    async def limited() -> None:
        async with asyncio.timeout(60):
            await pyfuncitem.obj(**arguments)

    app = application("tests")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(limited())
    gc.collect()
    return True


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait for a fact, letting everything else go on; the test's own time limit is the only one."""

    async def wait(fact: Callable[[], object]) -> None:
        while not fact():
            await asyncio.sleep(0.01)

    return wait


@pytest.fixture(autouse=True)
def system_language() -> Iterator[None]:
    """Undo the language that a test's window has set."""
    yield
    QLocale.setDefault(QLocale.system())


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def link() -> MemoryLink:
    """A small clinic in memory."""
    return MemoryLink(clinic())


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A clinic with a backend that serves it, shared by the tests of one file."""
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve()
    yield there
    there.stop()


@pytest.fixture(scope="module")
def premises_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """The same on PostgreSQL."""
    folder = tmp_path_factory.mktemp("premises")
    there = Premises(folder, database=new_database("postgresql", folder))
    there.serve()
    yield there
    there.stop()
