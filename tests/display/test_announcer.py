"""Calls are announced one at a time, and a backlog shortens itself."""

from __future__ import annotations

from display.chime import Chime

from display.announcer import MAX_BACKLOG, Announcer, Silence, Voice


class ControlledVoice(Voice):
    """A voice that says when it is asked to begin, and ends when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0

    def play(self) -> None:
        self.begun += 1


def announcer(gone: set[str] | None = None) -> tuple[Announcer, ControlledVoice, list[str]]:
    voice, heard = ControlledVoice(), []
    made = Announcer(voice, lambda ticket: ticket not in (gone or set()))
    made.announced.connect(heard.append)
    return made, voice, heard


def test_two_calls_at_once_are_announced_one_after_another(qapp) -> None:
    calls, voice, heard = announcer()
    calls.announce("A001")
    calls.announce("B001")
    assert heard == ["A001"] and voice.begun == 1
    voice.ended.emit()
    assert heard == ["A001", "B001"] and voice.begun == 2
    voice.ended.emit()
    assert not calls.speaking and voice.begun == 2


def test_one_chime_stands_for_a_long_backlog(qapp) -> None:
    calls, voice, heard = announcer()
    numbers = [f"A{number:03}" for number in range(MAX_BACKLOG + 3)]
    for number in numbers:
        calls.announce(number)
    voice.ended.emit()
    assert heard == numbers and voice.begun == 2


def test_a_short_backlog_is_announced_call_by_call(qapp) -> None:
    calls, voice, heard = announcer()
    for number in range(MAX_BACKLOG + 1):
        calls.announce(f"A{number:03}")
    voice.ended.emit()
    assert len(heard) == 2


def test_a_ticket_called_again_while_it_waits_is_announced_once(qapp) -> None:
    calls, voice, heard = announcer()
    for number in ("A001", "B001", "B001"):
        calls.announce(number)
    voice.ended.emit()
    voice.ended.emit()
    assert heard == ["A001", "B001"]


def test_a_customer_who_came_meanwhile_is_not_announced(qapp) -> None:
    gone: set[str] = set()
    calls, voice, heard = announcer(gone)
    for number in ("A001", "B001", "C001"):
        calls.announce(number)
    gone.add("B001")
    voice.ended.emit()
    assert heard == ["A001", "C001"]


async def test_without_sound_pictures_still_come_one_after_another(until) -> None:
    heard: list[str] = []
    calls = Announcer(Silence(10), {"A001", "B001"}.__contains__)
    calls.announced.connect(heard.append)
    calls.announce("A001")
    calls.announce("B001")
    assert heard == ["A001"]
    await until(lambda: heard == ["A001", "B001"])
    await until(lambda: not calls.speaking)


async def test_a_machine_without_a_sound_device_is_silent_for_as_long(until) -> None:
    ended: list[bool] = []
    chime = Chime(has_device=lambda: False)
    chime.ended.connect(lambda: ended.append(True))
    chime.play()
    assert not ended
    await until(lambda: ended)
    chime.close()
