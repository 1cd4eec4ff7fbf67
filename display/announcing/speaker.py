"""The sound of the hall display: what is to be heard, handed to the process that plays it, and whether it was."""

from __future__ import annotations

import logging
import sys
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QProcess, QTimer, QUuid, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from display.announcing.player import NO_MULTIMEDIA, Reply
from shared.hall.units import Milliseconds
from shared.requests.devices import SoundFault
from shared.ui.event_loop import every

log = logging.getLogger(__name__)

GRACE: Milliseconds = 1_000
"""How much longer than the sound itself the player may take, which includes finding out that there is no device."""

START_GRACE: Milliseconds = 3_000
"""How much longer it may take if its process has only just been started."""

LOOK_AGAIN: Milliseconds = 60_000
"""Between two looks for a sound device where there is none: a sound server that starts later is seen by nobody else."""

SETTLED: Milliseconds = 3_000
"""How long a player without a device is believed: after that a call starts a new one, which may find it."""

FAULTS = {Reply.NO_DEVICE: SoundFault.NO_DEVICE, Reply.BROKEN: SoundFault.BROKEN, Reply.STUCK: SoundFault.STUCK}


class Speaker(QObject):
    """Plays one sound at a time in a process of its own, which is started again when it fails."""

    came_back = Signal()
    """There is a sound device again."""

    def __init__(
        self,
        parent: QObject | None = None,
        program: Sequence[str] = (sys.executable, "-m", "display.announcing.player"),
    ) -> None:
        super().__init__(parent)
        self.fault = ""
        self._program = program
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not self._server.listen(f"nowserving-{QUuid.createUuid().toString(QUuid.StringFormat.Id128)}"):
            log.warning("the sound player can't be reached: %s", self._server.errorString())
        self._server.newConnection.connect(self._connected)
        self._process: QProcess | None = None
        self._line: QLocalSocket | None = None
        self.is_ready = False
        """The player has said whether there is a device, and waits for sounds."""
        self._order = b""
        self._done: Callable[[str], None] | None = None
        self._age = QElapsedTimer()
        self._timeout = QTimer(self, singleShot=True)
        self._timeout.timeout.connect(self._timed_out)
        every(LOOK_AGAIN, self._look_again, self)
        self._start()

    def play(self, sound: Path, percent: int, done: Callable[[str], None]) -> None:
        """Play a WAV file at this part of full loudness, then call ``done`` with what went wrong, or with nothing.

        ``done`` is called once, later, within about a second after the length of the sound; only one at a time.
        """
        try:
            with wave.open(str(sound)) as file:
                length: Milliseconds = 1000 * file.getnframes() // file.getframerate()
        except (OSError, EOFError, wave.Error) as error:
            log.warning("%s can't be played: %s", sound, error)
            QTimer.singleShot(0, self, lambda: done(SoundFault.BROKEN))
            return
        self._done = done
        self._order = f"{percent} {sound}\n".encode()
        if self._process is None or (self.fault and self._age.elapsed() > SETTLED):
            self._start()
        self._timeout.start(length + (GRACE if self.is_ready else START_GRACE))
        self._send()

    def close(self) -> None:
        """Stop the sound, and release the sound device; ``done`` is not called any more."""
        self._done = None
        self._timeout.stop()
        process = self._process
        self._end_process()
        if process:
            process.waitForFinished(GRACE)
        self._server.close()

    # ── its process ──

    def _start(self) -> None:
        self._end_process()
        self._process = QProcess(self)
        self._process.finished.connect(self._finished)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())  # FFmpeg describes every file it opens
        self._process.start(self._program[0], [*self._program[1:], self._server.fullServerName()])
        self._age.start()

    def _end_process(self) -> None:
        line, process, self._line, self._process, self.is_ready = self._line, self._process, None, None, False
        if line:
            line.abort()
            line.deleteLater()
        if process:
            process.finished.disconnect(self._finished)
            process.kill()
            process.finished.connect(process.deleteLater)

    def _connected(self) -> None:
        line = self._server.nextPendingConnection()
        line.readyRead.connect(self._read)
        self._line = line

    def _send(self) -> None:
        """Hand over the order, once the player is ready for it."""
        if self._line and self.is_ready and self._order:
            self._line.write(self._order)
            self._line.flush()
            self._order = b""

    def _read(self) -> None:
        while self._line and self._line.canReadLine():
            self._replied(Reply(bytes(self._line.readLine().data()).decode().strip()))

    def _replied(self, reply: Reply) -> None:
        self.is_ready = True
        before, self.fault = self.fault, "" if reply is Reply.BROKEN else FAULTS.get(reply, "")
        if reply is not Reply.READY:
            self._over(FAULTS.get(reply, ""))
            return
        self._send()
        if before:
            self.came_back.emit()

    def _finished(self) -> None:
        """The process ended by itself: it crashed with the sound system, or could not start."""
        assert self._process
        missing = self._process.exitCode() == NO_MULTIMEDIA
        self.fault = SoundFault.NO_MULTIMEDIA if missing else SoundFault.STUCK
        self._end_process()
        if self._age.elapsed() > SETTLED:  # else it would be started again and again
            self._start()
        self._over(self.fault)

    def _timed_out(self) -> None:
        log.warning("the sound player does not answer: it is started again")
        self.fault = SoundFault.STUCK
        self._start()
        self._over(self.fault)

    def _over(self, fault: str) -> None:
        self._timeout.stop()
        self._order = b""
        done, self._done = self._done, None
        if done:
            done(fault)

    def _look_again(self) -> None:
        if self.fault and not self._done:
            self._start()
