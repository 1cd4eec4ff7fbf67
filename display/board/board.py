"""A caption board, LED board, pager base or lamp that hears of the same calls as the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import shiboken6
from PySide6.QtCore import QObject, QTimer

from display.board.board_lines import HEARTBEAT, BoardLines, Shows, every_call
from display.board.board_ports import BoardPort, board_address, port_to
from shared.hall.errors import NotSignedIn
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds
from shared.requests.devices import Trouble, TroubleKind
from shared.settings import Settings
from shared.ui.clocks import OrderClock, wall_clock
from shared.ui.event_loop import every
from shared.ui.station import Station

log = logging.getLogger(__name__)

HEARTBEAT_EVERY: Milliseconds = 10_000
SILENT_BEATS = 2
"""A board that has answered PONG hangs if it leaves so many heartbeats unanswered."""

MOST_UNSENT = 16_384
"""Bytes that a board has not taken: it hangs."""

CONNECT_WITHIN: Milliseconds = 5_000
PAUSES: tuple[Milliseconds, ...] = (1_000, 2_000, 5_000, 10_000, 30_000)
"""Before each new try; the last one again and again."""

SAID_AFTER = 3
"""Tries in vain after which an outage is said: a board that starts again is none."""


def require_board(settings: Settings) -> None:
    """Raises Unfit if the setting names a board that can't be driven here."""
    if settings.board:
        shiboken6.delete(port_to(board_address(settings.board)))


class Board(QObject):
    """The board of one display or sign, connected as long as that is possible."""

    def __init__(
        self,
        station: Station,
        address: str,
        shows: Shows = every_call,
        *,
        pauses: Sequence[Milliseconds] = PAUSES,
        heartbeat: Milliseconds = HEARTBEAT_EVERY,
        wall: Callable[[], datetime] = wall_clock,
    ) -> None:
        """Connects at once, and lives as long as the station; raises Unfit for an address that is none."""
        super().__init__(station)
        self.away_since: datetime | None = None
        """Since when the board can't be reached, once that has been said."""
        self._station = station
        self._written = address
        self._address = board_address(address)
        self._lines = BoardLines(shows)
        self._pauses = pauses
        self._wall = wall
        self._clock = OrderClock()
        self._port: BoardPort | None = None
        self._is_open = False
        self._tries = 0  # in vain, since it was last connected
        self._lost_at: datetime | None = None
        self._unanswered: int | None = None  # heartbeats; None: this board never answers
        self._retry = QTimer(self, singleShot=True)
        self._retry.timeout.connect(self._connect)
        self._deadline = QTimer(self, singleShot=True, interval=CONNECT_WITHIN)
        self._deadline.timeout.connect(lambda: self._lose("it does not answer"))
        every(heartbeat, self._beat, self)
        station.changed.connect(self.refresh)
        station.reachable_changed.connect(self.refresh)
        self._connect()

    def refresh(self) -> None:
        """Tell the board what has changed."""
        if self._is_open:
            self._send(self._lines.changes(self._hall, self._clock.moment.order))

    def troubles(self) -> tuple[Trouble, ...]:
        """What the device reports of it to staff."""
        if self.away_since is None:
            return ()
        return (Trouble(kind=TroubleKind.BOARD, what=self._written, at=self.away_since),)

    @property
    def _hall(self) -> Hall | None:
        """The hall as it is now; none once this device was taken out of service."""
        hall = None if isinstance(self._station.refusal, NotSignedIn) else self._station.hall
        if hall:
            self._clock.see(hall)
        return hall

    # ── the line ──

    def _connect(self) -> None:
        self._port = port_to(self._address, self)
        self._port.opened.connect(self._on_opened)
        self._port.lost.connect(self._lose)
        self._port.received.connect(self._on_received)
        self._deadline.start()
        self._port.open()

    def _on_opened(self) -> None:
        self._deadline.stop()
        self._is_open, self._unanswered = True, None
        self._greet()

    def _greet(self) -> None:
        self._send(self._lines.greeting(self._hall, self._clock.moment.order))

    def _send(self, lines: Sequence[str]) -> None:
        if lines and self._port:
            self._port.write("".join(f"{line}\n" for line in lines).encode())

    def _beat(self) -> None:
        """Send a heartbeat, unless the board hangs. One was taken: the board is there, so an outage is over."""
        if not (self._is_open and self._port):
            return
        if self._port.unsent > MOST_UNSENT or (self._unanswered or 0) >= SILENT_BEATS:
            self._lose("it hangs")
            return
        self._found()
        if self._unanswered is not None:
            self._unanswered += 1
        self._send([HEARTBEAT])

    def _on_received(self, data: bytes) -> None:
        """Heed the two lines a board may write; whatever else comes is passed over."""
        said = data.split()
        if b"PONG" in said:
            self._unanswered = 0
        if b"HELLO" in said and self._is_open:
            self._greet()

    def _lose(self, why: str) -> None:
        """Give this line up, and try again after a pause."""
        port, self._port, self._is_open = self._port, None, False
        if port is None:
            return
        self._deadline.stop()
        port.blockSignals(True)  # closing is an error too
        port.close()
        port.deleteLater()
        self._lost_at = self._lost_at or self._wall()
        self._tries += 1
        if self._tries == SAID_AFTER:
            self.away_since = self._lost_at
            log.warning("the board %s can't be reached (%s): calls are only on the screen", self._written, why)
        self._retry.start(self._pauses[min(self._tries, len(self._pauses)) - 1])

    def _found(self) -> None:
        if self.away_since:
            log.warning("the board %s is there again", self._written)
        self._tries, self._lost_at, self.away_since = 0, None, None
