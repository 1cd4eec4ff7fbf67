"""Whether this machine can show web pages: Qt WebEngine is large, and where it can't run it ends the whole program."""

from __future__ import annotations

import logging
import subprocess
import sys
from importlib.util import find_spec

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from shared.hall.errors import Failure, Unfit
from shared.ui.station import Station

log = logging.getLogger(__name__)

SHARED = Qt.ApplicationAttribute.AA_ShareOpenGLContexts
"""What Qt WebEngine needs of the application; its own ``initialize`` does no more, and loads 24 MB for it."""

PROBE = (sys.executable, "-m", "display.playlist.web_probe")

PROBED_WITHIN = 60.0
"""Seconds for the probe's whole process, on a slow machine; one that hangs is ended then."""


def prepare() -> None:
    """Let web pages be shown later; call it before the application is made."""
    if find_spec("PySide6.QtWebEngineQuick") and QCoreApplication.instance() is None:
        QCoreApplication.setAttribute(SHARED)


def are_prepared() -> bool:
    """Whether ``prepare`` found Qt WebEngine."""
    return QCoreApplication.testAttribute(SHARED) and find_spec("PySide6.QtWebEngineQuick") is not None


class WebPages(QObject):
    """Whether a probe, a process of its own, has shown a web page here and lived.

    Chromium ends a program of root, and crashes one that draws without a graphics card.
    """

    known = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.are_possible = False
        self._station = station
        self._probes = False
        self._known = False

    @property
    def are_known(self) -> bool:
        """Whether the probe has answered; the first who asks begins it."""
        if not self._probes:
            self._probes = True
            self._known = not are_prepared()
            if not self._known:
                QTimer.singleShot(0, self, self._probe)  # no answer comes before the station is started
        return self._known

    def _probe(self) -> None:
        self._station.in_background(probe, lambda _: self._found(possible=True), self._failed, thread="web pages")

    def _failed(self, failure: Failure) -> None:
        log.warning("%s", failure.detail)
        self._found(possible=False)

    def _found(self, *, possible: bool) -> None:
        self.are_possible, self._known = possible, True
        self.known.emit()


def probe() -> None:
    """Show a web page in a process like this one; raises Unfit if that process does not live to say it did."""
    try:
        ended = subprocess.run(PROBE, capture_output=True, timeout=PROBED_WITHIN, check=False)  # noqa: S603  # our own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unfit("Web pages can't be shown on this machine: {why}.", why=str(error)) from None
    if ended.returncode:
        last = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        why = f"exit status {ended.returncode}: {last}"
        raise Unfit("Web pages can't be shown on this machine: {why}.", why=why)
