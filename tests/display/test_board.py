"""A board hears of the calls the screen shows, each once, whatever becomes of its line; the display goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from display.board.board import MOST_UNSENT, Board, require_board
from display.board.board_lines import FRESH, BoardLines, every_call
from display.board.board_ports import SerialAddress, TcpAddress, board_address
from display.signs.signs import Signs
from shared.hall.errors import Revoked, Unfit
from shared.hall.serving import ReturnToQueue, StartService
from shared.hall.set_up import DefinePoint
from shared.hall.undo import UndoLast
from shared.hall.units import Milliseconds
from shared.requests.devices import TroubleKind
from shared.settings import Settings
from tests.display.simulated_board import SerialBoard, SocketBoard
from tests.display.waiting_room import Room, texts
from tests.memory_link import MemoryLink

HELLO = "NOWSERVING\t1"


@pytest.fixture
def far(qapp: QApplication) -> Iterator[SocketBoard]:
    board = SocketBoard()
    yield board
    board.close()


@contextmanager
def board(room: Room, address: str, heartbeat: Milliseconds = 50, **how: object) -> Iterator[Board]:
    """A board of this hall that is tried again at once."""
    near = Board(room.station, address, pauses=(10, 20), heartbeat=heartbeat, **how)
    yield near
    room.station.stop()
    near.deleteLater()


async def test_it_hears_of_a_call_a_recall_and_the_end(link: MemoryLink, until, far: SocketBoard) -> None:
    room = await Room(link, until).live()
    with board(room, far.address):
        await until(lambda: far.heard == [HELLO])
        room.call("1")
        room.recall("1")
        link.do(StartService(point="1", ticket=room.holding["1"]))
        await until(lambda: len(far.heard) == 4)
        assert far.heard[1:] == ["CALL\tA001\t1\tCounter 1", "RECALL\tA001\t1\tCounter 1", "END\tA001\t1\tCounter 1"]
        await until(lambda: far.beats > 1)


async def test_what_was_called_before_it_came_is_shown_and_not_announced_twice(
    link: MemoryLink, until, far: SocketBoard
) -> None:
    room = await Room(link, until).live()
    with board(room, far.address):
        room.call("1")
        await until(lambda: far.heard[1:] == ["CALL\tA001\t1\tCounter 1"])
        far.unplug()
        room.call("2", "tests")
        await room.caught_up()
        far.heard.clear()
        far.plug()
        await until(lambda: len(far.heard) == 3)
        assert far.heard == [HELLO, "NOW\tA001\t1\tCounter 1", "CALL\tB001\t2\tRoom 2"]
        far.heard.clear()
        far.write(b"HELLO\n")
        await until(lambda: far.heard == [HELLO, "NOW\tA001\t1\tCounter 1", "NOW\tB001\t2\tRoom 2"])


async def test_a_call_that_ended_during_an_outage_of_the_hall_is_over(
    link: MemoryLink, until, far: SocketBoard
) -> None:
    room = await Room(link, until).live()
    with board(room, far.address):
        room.call("1")
        await until(lambda: len(far.heard) == 2)
        link.unplug()
        await until(lambda: room.station.away_since)
        link.plug()
        link.do(StartService(point="1", ticket=room.without("1")))
        room.call("2", "tests")
        await until(lambda: far.heard[2:] == ["END\tA001\t1\tCounter 1", "CALL\tB001\t2\tRoom 2"])


async def test_an_undo_announces_nobody_again(link: MemoryLink, until, far: SocketBoard) -> None:
    room = await Room(link, until).live()
    with board(room, far.address):
        room.call("1")
        link.do(StartService(point="1", ticket=room.holding["1"]))
        link.do(UndoLast(point="1"))
        await until(lambda: [line[:4] for line in far.heard[1:]] == ["CALL", "END\t", "NOW\t"])


async def test_no_name_can_end_a_line(link: MemoryLink, until, far: SocketBoard) -> None:
    room = await Room(link, until).live()
    hall = room.station.hall
    forged = replace(hall.points["1"], name="Desk\nCALL\tA999\r1\u2028\u202eX\u0085" + "w" * 200)
    room.station.hall = replace(hall, points={**hall.points, "1": forged})  # an older journal may hold one
    with board(room, far.address) as near:
        await until(lambda: far.heard)
        room.call("1")
        await until(lambda: len(far.heard) == 2)
        number, serial, name = far.heard[1].split("\t")[1:]
        assert (number, serial) == ("A001", "1")
        assert name.startswith("Desk CALL A999 1 X w") and len(name) == 100
        assert near.away_since is None


@pytest.mark.parametrize("fault", ["closes", "is unplugged", "writes rubbish", "hangs", "falls silent"])
async def test_whatever_it_does_the_screen_goes_on_and_it_is_said(
    link: MemoryLink, until, far: SocketBoard, caplog, fault: str
) -> None:
    room = await Room(link, until).live()
    far.answers = fault == "falls silent"
    with room.display() as display, board(room, far.address) as near:
        await until(lambda: far.lines and far.heard and (far.beats > 2 or not far.answers))
        match fault:
            case "closes":
                far.refuses = True
                far.lines[-1].abort()
            case "is unplugged":
                far.unplug()
            case "writes rubbish":
                far.write(bytes(range(256)) * 1_000)
            case "hangs":
                far.lines[-1].setReadBufferSize(1)
                near._port.write(b" " * 8_000_000 + b"\n")
                assert near._port.unsent > MOST_UNSENT
                far.refuses = True
            case "falls silent":
                far.answers, far.refuses = False, True
        label = room.call("1")
        await until(lambda: texts(display.window, "number") == [label])
        if fault == "writes rubbish":
            await until(lambda: far.heard[1:] == ["CALL\tA001\t1\tCounter 1"])
            assert near.troubles() == ()
            return
        await until(lambda: near.away_since)
        [trouble] = near.troubles()
        assert (trouble.kind, trouble.what) == (TroubleKind.BOARD, far.address)
        assert [record.message for record in caplog.records if "can't be reached" in record.message]
        far.refuses = False
        far.heard.clear()
        if fault == "is unplugged":
            far.plug()
        await until(lambda: len(far.heard) > 1 and far.heard[-1].endswith("\tA001\t1\tCounter 1"))
        await until(lambda: not near.troubles())


async def test_a_serial_board_hears_the_same_and_may_be_unplugged(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    far = SerialBoard()
    heard = b""

    def hears(line: bytes) -> bool:
        nonlocal heard
        heard += far.heard()
        return line in heard

    with board(room, far.address) as near:
        await until(lambda: hears(b"NOWSERVING\t1\n"))
        room.call("1")
        await until(lambda: hears(b"CALL\tA001\t1\tCounter 1\n"))
        far.unplug()
        await until(lambda: near.away_since)


async def test_beside_signs_it_hears_of_their_points_alone(link: MemoryLink, until, far: SocketBoard) -> None:
    room = await Room(link, until).live()
    with board(room, far.address, shows=Signs(room.station, Settings(), ["2", "9"]).shows):
        room.call("1")
        room.call("2", "tests")
        await until(lambda: far.heard[1:] == ["CALL\tB001\t2\tRoom 2"])


async def test_a_display_taken_out_of_service_ends_every_call(link: MemoryLink, until, far: SocketBoard) -> None:
    room = await Room(link, until).live()
    with board(room, far.address):
        room.call("1")
        await until(lambda: len(far.heard) == 2)
        link.refusal = Revoked("This device was taken out of service.")
        link.unplug()
        await until(lambda: far.heard[2:] == ["END\tA001\t1\tCounter 1"])


async def test_an_old_call_is_shown_and_not_announced(link: MemoryLink, until) -> None:
    room = Room(link, until)
    room.link.do(DefinePoint(id="1", serial_number=1, name="Counter 1", services=("registration",)))
    await room.live()
    room.call("1")
    hall = link.hall
    called = hall.tickets[room.holding["1"]].last_call
    assert BoardLines(every_call).greeting(hall, called + FRESH - 1)[1:] == ["CALL\tA001\t1\tCounter 1"]
    assert BoardLines(every_call).greeting(hall, called + FRESH)[1:] == ["NOW\tA001\t1\tCounter 1"]
    link.do(ReturnToQueue(point="1", ticket=room.holding["1"]))
    assert BoardLines(every_call).greeting(link.hall, called)[1:] == []
    room.station.stop()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tcp://192.0.2.50:4000", TcpAddress(host="192.0.2.50", port=4000)),
        ("tcp://[2001:db8::7]:4000", TcpAddress(host="2001:db8::7", port=4000)),
        ("serial:/dev/ttyUSB0", SerialAddress(device="/dev/ttyUSB0", baud=9600)),
        ("serial:COM3@115200", SerialAddress(device="COM3", baud=115_200)),
    ],
)
def test_an_address_is_read(written: str, meant: object) -> None:
    assert board_address(written) == meant


@pytest.mark.parametrize("written", ["lamp", "tcp://board", "tcp://board:0", "tcp://board:70000", "serial:", "tcp:x:1"])
def test_an_address_that_is_none_is_refused_in_one_sentence(written: str) -> None:
    with pytest.raises(Unfit, match="board must be like"):
        require_board(Settings(board=written))
