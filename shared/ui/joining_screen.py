"""The screen of a station without a hall: discovery, the choice of a hall, a pairing code, or that it was revoked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

import shiboken6
from PySide6.QtCore import Property, QLocale, QObject, QSize, Qt, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable, QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from shared.hall.roles import Role
from shared.hall.units import Minutes
from shared.link.joining import Joining, Stage
from shared.link.paired_hall import PairedHall
from shared.ui.event_loop import QML, every
from shared.ui.qt_translations import ScreenLanguage

QML_IMPORT_NAME = "NowServing.Joining.Models"
QML_IMPORT_MAJOR_VERSION = 1

SMALLEST_DIAGONAL, LARGEST_DIAGONAL = 15.0, 24.0
"""Inches. Text is laid out for a diagonal in between: a person who sets a screen up stands right before it."""

FRAME = QSize(16, 48)
"""Pixels a window manager adds around a window, at most: how many it really adds is known only once one is shown."""

Start = Callable[[Callable[[Stage], None], Callable[[PairedHall], None]], Joining]


def fit(window: QQuickWindow) -> None:
    """Shrink a window to its screen."""
    window.resize(window.size().boundedTo(window.screen().availableSize() - FRAME))


@QmlElement
@QmlUncreatable("The screen makes it.")
class JoiningModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """What the screen shows. A queued signal brings the stages from the thread of ``Joining`` to the GUI thread."""

    changed = Signal()
    joined = Signal(object)
    """The PairedHall it joined."""
    _reported = Signal(object)

    def __init__(
        self, role: Role, begin: Start, *, taken_out: bool = False, lost: bool = False, parent: QObject | None = None
    ) -> None:
        """``taken_out``: it was revoked and waits for somebody to pair it again. ``lost``: its file was damaged."""
        super().__init__(parent)
        self._role = role
        self._start_joining = begin
        self._joining: Joining | None = None
        self._stage = Stage()
        self._taken_out = taken_out
        self._lost = lost
        self._is_address_invalid = False
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)
        every(1_000, self.changed.emit, self)  # once a second, because the minutes left count down
        if not taken_out:
            self._start()

    def close(self) -> None:
        if self._joining:
            self._joining.close()

    def _start(self) -> None:
        self._joining = self._start_joining(self._reported.emit, self.joined.emit)

    @Slot(object)
    def _show(self, stage: Stage) -> None:
        if stage != self._stage:
            self._stage = stage
            self.changed.emit()

    # ── what people touch ──

    @Slot(str)
    def choose(self, choice: str) -> None:
        if self._joining:
            self._joining.choose(choice)

    @Slot(str)
    def enter(self, address: str) -> None:
        if self._joining and address.strip():
            self._is_address_invalid = not self._joining.enter(address)
            self.changed.emit()

    @Slot()
    def lookAgain(self) -> None:  # noqa: N802  # QML's name for it
        if self._joining:
            self._joining.look_again()

    @Slot()
    def again(self) -> None:
        if self._joining:
            self._joining.retry_now()

    @Slot()
    def pairAgain(self) -> None:  # noqa: N802  # QML's name for it
        if self._taken_out:
            self._taken_out = False
            self._start()
            self.changed.emit()

    # ── what is shown ──

    def _taken_out_text(self) -> str:
        match self._role:
            case Role.KIOSK:
                return self.tr("This kiosk was taken out of service by the administrator")
            case Role.SIGN:
                return self.tr("This sign was taken out of service by the administrator")
            case _:
                return self.tr("This display was taken out of service by the administrator")

    def _hall_and_address(self) -> str:
        return " · ".join(part for part in (self._stage.name, self._stage.address.partition("//")[2]) if part)

    def _minutes(self) -> Minutes:
        """Until the code expires, rounded up."""
        return max(1, -(-int(self._stage.until - time.monotonic()) // 60))

    def _why(self) -> str:
        if self._is_address_invalid:
            return self.tr("This is not an address. Write one like 192.168.1.20 or http://reception:8080.")
        return self.tr(self._stage.why) if self._stage.why else ""

    @Property(str, notify=changed)
    def fingerprint(self) -> str:
        return self._stage.fingerprint

    def _lost_text(self) -> str:
        if not self._lost:
            return ""
        return self.tr(
            "The file with this device's pairing was damaged and has been put aside. "
            "Pair the device again, then take its old entry out of service in the console."
        )

    lost = Property(str, _lost_text, constant=True)
    farewell = Property(str, _taken_out_text, constant=True)
    found = Property(str, _hall_and_address, notify=changed)
    minutes = Property(int, _minutes, notify=changed)
    why = Property(str, _why, notify=changed)

    @Property(str, notify=changed)
    def step(self) -> str:
        return "out" if self._taken_out else str(self._stage.step)

    @Property(bool, constant=True)
    def pairs(self) -> bool:
        return self._role is not Role.CONSOLE

    @Property(str, notify=changed)
    def code(self) -> str:
        return self._stage.code

    @Property("QVariantList", notify=changed)  # type: ignore[arg-type]  # PySide takes Qt's names too
    def choices(self) -> list[dict[str, str]]:
        return [{"id": one.id, "name": one.name, "about": one.about} for one in self._stage.choices]

    @Property(bool, notify=changed)
    def mirrored(self) -> bool:
        return QLocale().textDirection() is Qt.LayoutDirection.RightToLeft


class JoiningScreen:
    """The window until the station has joined a hall, in the machine's language."""

    def __init__(self, role: Role, begin: Start, *, inches: float, taken_out: bool = False, lost: bool = False) -> None:
        self._screen_language = ScreenLanguage()
        self._screen_language.speak_system_language()
        self.model = JoiningModel(role, begin, taken_out=taken_out, lost=lost)
        self._engine = QQmlApplicationEngine()
        self._engine.addImportPath(str(QML))
        self._engine.setInitialProperties(
            {"joining": self.model, "inches": min(LARGEST_DIAGONAL, max(SMALLEST_DIAGONAL, inches or LARGEST_DIAGONAL))}
        )
        self._engine.loadFromModule("NowServing.Joining", "Joining")
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])

    def show(self, *, full_screen: bool) -> None:
        """Show it as large as the app's own screen; a window has its frame, because no customer uses it yet."""
        if not full_screen:
            fit(self.window)
            self.window.show()
            return
        self.window.setFlag(Qt.WindowType.FramelessWindowHint)
        self.window.setGeometry(self.window.screen().geometry())
        self.window.showFullScreen()

    def close(self) -> None:
        self.model.close()
        self.window.close()
        shiboken6.delete(self._engine)
        self._screen_language.hush()
