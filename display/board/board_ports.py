"""Where a board is connected: an address as people write it, and the port that sends lines there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QObject, Signal
from PySide6.QtNetwork import QAbstractSocket, QTcpSocket

from shared.hall.errors import Unfit

if TYPE_CHECKING:
    from PySide6.QtSerialPort import QSerialPort

BAUD = 9600


@dataclass(frozen=True, kw_only=True)
class TcpAddress:
    host: str
    port: int
    """Of TCP, 1 to 65535."""


@dataclass(frozen=True, kw_only=True)
class SerialAddress:
    device: str
    baud: int = BAUD
    """Bits a second."""


def board_address(written: str) -> TcpAddress | SerialAddress:
    """The address in the setting ``board``; raises Unfit if it is none."""
    if tcp := re.fullmatch(r"tcp://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(\d{1,5})/?", written):
        if 0 < int(tcp[2]) < 65_536:  # the ports there are
            return TcpAddress(host=tcp[1].strip("[]"), port=int(tcp[2]))
    elif serial := re.fullmatch(r"serial:([^\s@]+)(?:@(\d{3,7}))?", written):
        return SerialAddress(device=serial[1], baud=int(serial[2] or BAUD))
    raise Unfit(f"board must be like tcp://192.0.2.50:4000 or serial:/dev/ttyUSB0@9600, not {written!r}.")


class BoardPort(QObject):
    """A line to a board that is opened once; it never blocks."""

    opened = Signal()
    lost = Signal(str)
    """Why the board can't be reached, or no longer; at most once."""
    received = Signal(bytes)
    device: QIODevice
    """What Qt reads and writes."""

    def open(self) -> None:
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        self.device.write(data)

    @property
    def unsent(self) -> int:
        """Bytes the board has not taken yet."""
        return self.device.bytesToWrite()

    def close(self) -> None:
        raise NotImplementedError

    def _read(self) -> None:
        """Read all there is, so that a board that never stops talking fills nothing."""
        self.received.emit(self.device.readAll().data())


class TcpPort(BoardPort):
    def __init__(self, address: TcpAddress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self._socket = self.device = QTcpSocket(self)
        self._socket.connected.connect(self._on_connected)
        self._socket.errorOccurred.connect(lambda _: self.lost.emit(self._socket.errorString()))
        self._socket.readyRead.connect(self._read)

    def open(self) -> None:
        self._socket.connectToHost(self._address.host, self._address.port)

    def _on_connected(self) -> None:
        self._socket.setSocketOption(QAbstractSocket.SocketOption.KeepAliveOption, 1)
        self.opened.emit()

    def close(self) -> None:
        self._socket.abort()


class SerialPort(BoardPort):
    """A serial line has nobody at its end that can be seen: it counts as a board as soon as it is open."""

    def __init__(self, address: SerialAddress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        serial = serial_port_type()
        self._port = self.device = serial(address.device, self, baudRate=address.baud)
        self._port.errorOccurred.connect(self._on_error)
        self._port.readyRead.connect(self._read)

    def open(self) -> None:
        if self._port.open(QIODevice.OpenModeFlag.ReadWrite):
            self.opened.emit()

    def _on_error(self, error: QSerialPort.SerialPortError) -> None:
        if error.name != "NoError":
            self.lost.emit(self._port.errorString())

    def close(self) -> None:
        self._port.close()


def serial_port_type() -> type[QSerialPort]:
    """Qt's serial port; raises Unfit where it is not installed."""
    try:
        from PySide6.QtSerialPort import QSerialPort  # noqa: PLC0415  # part of PySide6-Addons, which a sign may lack
    except ImportError as error:
        raise Unfit(
            f"A board can't be driven over a serial line here ({error}): install nowserving[display]."
        ) from None
    return QSerialPort


def port_to(address: TcpAddress | SerialAddress, parent: QObject | None = None) -> BoardPort:
    """A port that is not open yet; raises Unfit for a serial one where Qt's serial port is not installed."""
    return TcpPort(address, parent) if isinstance(address, TcpAddress) else SerialPort(address, parent)
