"""The screen of a station that does not belong to a hall yet, or not any more: it looks, asks, and shows its code."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

import shiboken6
from PySide6.QtCore import Property, QLocale, QObject, QSize, Qt, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable, QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from shared.hall.roles import Role
from shared.link.joining import Joining, Stage
from shared.link.paired_hall import PairedHall
from shared.ui.event_loop import QML, every
from shared.ui.qt_translations import ScreenLanguage

QML_IMPORT_NAME = "NowServing.Joining.Models"
QML_IMPORT_MAJOR_VERSION = 1

NEAR, FAR = 15.0, 24.0
"""Inches. Whoever sets a screen up stands before it: a sign is not as small for them, nor a display as large."""

FRAME = QSize(16, 48)
"""Pixels a window manager puts around a window, at most: its own count is known only once the window is shown."""

Begin = Callable[[Callable[[Stage], None], Callable[[PairedHall], None]], Joining]


def fit(window: QQuickWindow) -> None:
    """Make it no larger than there is room on its screen."""
    window.resize(window.size().boundedTo(window.screen().availableSize() - FRAME))


@QmlElement
@QmlUncreatable("The screen makes it.")
class JoiningModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """What the screen shows. The joining's thread tells; signals bring that to the thread of the window."""

    changed = Signal()
    settled = Signal(object)
    """The Home it found."""
    _told = Signal(object)

    def __init__(
        self,
        role: Role,
        begin: Begin,
        *,
        taken_out: bool = False,
        lost: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """``taken_out``: say so, and begin only when somebody wants it paired again.

        ``lost``: say that it belonged somewhere, and the file that said where is damaged.
        """
        super().__init__(parent)
        self._role = role
        self._begin = begin
        self._joining: Joining | None = None
        self._stage = Stage()
        self._taken_out = taken_out
        self._lost = lost
        self._is_no_address = False
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)
        every(1000, self.changed.emit, self)
        if not taken_out:
            self._start()

    def close(self) -> None:
        if self._joining:
            self._joining.close()

    def _start(self) -> None:
        self._joining = self._begin(self._told.emit, self.settled.emit)

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
            self._is_no_address = not self._joining.enter(address)
            self.changed.emit()

    @Slot()
    def lookAgain(self) -> None:  # noqa: N802  # QML's name for it
        if self._joining:
            self._joining.look_again()

    @Slot()
    def again(self) -> None:
        if self._joining:
            self._joining.again()

    @Slot()
    def pairAgain(self) -> None:  # noqa: N802  # QML's name for it
        if self._taken_out:
            self._taken_out = False
            self._start()
            self.changed.emit()

    # ── what is shown ──

    def _farewell(self) -> str:
        match self._role:
            case Role.KIOSK:
                return self.tr("This kiosk was taken out of service by the administrator")
            case Role.SIGN:
                return self.tr("This sign was taken out of service by the administrator")
            case _:
                return self.tr("This display was taken out of service by the administrator")

    def _found(self) -> str:
        return " · ".join(part for part in (self._stage.name, self._stage.address.partition("//")[2]) if part)

    def _minutes(self) -> int:
        return max(1, -(-int(self._stage.until - time.monotonic()) // 60))

    def _why(self) -> str:
        if self._is_no_address:
            return self.tr("This is no address. It looks like 192.168.1.20, or http://reception:8080.")
        return self.tr(self._stage.why) if self._stage.why else ""

    @Property(str, notify=changed)
    def fingerprint(self) -> str:
        return self._stage.fingerprint

    def _where_it_belonged(self) -> str:
        if not self._lost:
            return ""
        return self.tr(
            "The file that said where this device belongs was damaged, and is put aside. "
            "Once it is paired anew, take the old one out of service in the console."
        )

    lost = Property(str, _where_it_belonged, constant=True)
    farewell = Property(str, _farewell, constant=True)
    found = Property(str, _found, notify=changed)
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
    """The window, in the language of the machine, until the station has found its home."""

    def __init__(self, role: Role, begin: Begin, *, inches: float, taken_out: bool = False, lost: bool = False) -> None:
        self._tongue = ScreenLanguage()
        self._tongue.speak_as_the_machine()
        self.model = JoiningModel(role, begin, taken_out=taken_out, lost=lost)
        self._engine = QQmlApplicationEngine()
        self._engine.addImportPath(str(QML))
        self._engine.setInitialProperties({"joining": self.model, "inches": min(FAR, max(NEAR, inches or FAR))})
        self._engine.loadFromModule("NowServing.Joining", "Joining")
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])

    def show(self, *, full_screen: bool) -> None:
        """As large as what comes after it. It may be closed: there is nothing yet that customers could leave."""
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
        self._tongue.hush()
