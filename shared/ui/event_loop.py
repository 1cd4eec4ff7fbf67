"""The Qt application of a program, its asyncio event loop, garbage collection, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import qasync
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QOffscreenSurface, QOpenGLContext
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface
from PySide6.QtWidgets import QApplication

from shared.hall.units import Milliseconds

RESOURCES = Path(__file__).parent.parent.parent / "resources"
QML = RESOURCES / "qml"
COLLECT_EVERY: Milliseconds = 1_000
COLLECT_ALL_EVERY: Milliseconds = 60_000
GL_RENDERER = 0x1F01

FAMILIES = ["Inter", "Noto Sans Arabic"]


class Application(QApplication):
    """Lets a program turn Qt's Quit event into its own stop: ending the loop under a running coroutine breaks its
    clean-up.

    Not by an event filter: one in Python on the whole application never returns for some objects of Qt WebEngine.
    """

    when_asked_to_quit: Callable[[], None] | None = None

    def event(self, event: QEvent) -> bool:
        if self.when_asked_to_quit and event.type() is QEvent.Type.Quit:
            self.when_asked_to_quit()
            return True
        return super().event(event)


def application(name: str) -> Application:
    """The Qt application of this process, made once, with our fonts and the fastest renderer of this machine."""
    existing = QApplication.instance()
    if isinstance(existing, Application):
        return existing
    os.environ.setdefault("QT_QUICK_CONTROLS_STYLE", "Basic")
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # without a display Qt aborts the process
    app = Application([name])
    app.setApplicationName("nowserving")
    app.setApplicationDisplayName("Now Serving")
    app.setFont(_font())
    if not _has_fast_graphics():
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    return app


def windowless_application(name: str) -> Application:
    """The same for a program that only measures texts."""
    if sys.platform == "linux":  # on Windows and macOS Qt has fonts only with the native platform
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whatever is set: a display that is not there aborts the process
    return application(name)


class Program(Protocol):
    """What an application runs."""

    @property
    def shown(self) -> SignalInstance:
        """The screen shows the hall, or why it can't."""

    @property
    def ended(self) -> SignalInstance:
        """The program can't go on."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


def run(app: Application, program: Program) -> None:
    """Run until the last window closes, a signal arrives, or the program ends by itself."""
    app.setQuitOnLastWindowClosed(False)
    collect_garbage_on_gui_thread(app)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(_run(app, program))


async def _run(app: Application, program: Program) -> None:
    stop = asyncio.Event()
    app.when_asked_to_quit = stop.set
    app.lastWindowClosed.connect(stop.set)
    _on_signal(stop.set)
    program.ended.connect(stop.set)
    program.shown.connect(_tell_supervisor, Qt.ConnectionType.SingleShotConnection)
    program.start()
    await stop.wait()
    app.when_asked_to_quit = None
    program.stop()
    program.close()


def _tell_supervisor() -> None:
    """Tell systemd, if it started us, that the screen shows the hall, or why it can't (sd_notify(3))."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.sendto(b"READY=1", address.replace("@", "\0", 1) if address[0] == "@" else address)


def _on_signal(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _font() -> QFont:
    for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    font = QFont(FAMILIES)
    font.setFeature(QFont.Tag("zero"), 1)  # a zero that can't be an O
    return font


def _has_fast_graphics() -> bool:
    """Whether a real graphics chip draws. Software OpenGL is 2 to 6 times slower than Qt's own rasteriser."""
    if QGuiApplication.platformName() == "offscreen":
        return False
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    if not context.create() or not context.makeCurrent(surface):
        return False
    renderer = str(context.functions().glGetString(GL_RENDERER) or "llvmpipe")
    context.doneCurrent()
    return not any(name in renderer.lower() for name in ("llvmpipe", "softpipe"))


def collect_garbage_on_gui_thread(app: QApplication) -> None:
    """Collect garbage on the GUI thread alone: a Qt object that is deleted on another can crash the process."""
    gc.disable()
    every(COLLECT_EVERY, lambda: gc.collect(1), app)
    every(COLLECT_ALL_EVERY, gc.collect, app)


def every(interval: Milliseconds, act: Callable[[], object], parent: QObject) -> QTimer:
    """Call ``act`` at this interval while ``parent`` lives, and not at once."""
    timer = QTimer(parent)
    timer.timeout.connect(act)
    timer.start(interval)
    return timer
