"""A hall that shows nothing before signing in."""

from __future__ import annotations

import pytest

from console.app import Console
from shared.hall.errors import NotSignedIn
from shared.hall.hall import Hall
from shared.hall.roles import Actor
from shared.ui.station import Station
from tests.backends import run_code
from tests.console.conftest import ConsoleUser
from tests.memory_link import MemoryLink, clinic


class ShyLink(MemoryLink):
    """A hall that shows itself only to those it knows."""

    def __init__(self, behind: MemoryLink) -> None:
        super().__init__(behind.hall)
        self.behind = behind

    def snapshot(self) -> Hall:
        raise NotSignedIn("Sign in first.")

    def sign_in(self, login: str, password: str) -> tuple[MemoryLink, Actor]:
        return self.behind.sign_in(login, password)


async def test_a_hall_that_shows_nothing_before_the_log_in_is_simply_logged_in_to(until) -> None:
    station = Station(ShyLink(MemoryLink(clinic())))
    station.start()
    console = Console(station)
    console.window.show()
    await until(lambda: station.refusal)
    assert console.page is console.log_in_page
    assert not console.log_in_page.sentence.isVisible()
    seat = ConsoleUser(console, MemoryLink(clinic()), until)
    await seat.sign_in(password="wrong")
    assert console.log_in_page.sentence.text() == "Login or password is wrong."
    await seat.work()
    assert console.window.point_name.text() == "Counter 1"
    station.stop()
    console.close()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        *(
            (nothing, "1 person waits, 2 people wait")
            for nothing in ("", "C", "C.UTF-8", "POSIX", "xx_XX", "fr_FR.UTF-8")
        ),
        ("de_AT.UTF-8", "1 Person wartet, 2 Personen warten"),
    ],
)
def test_a_window_counts_in_words_whatever_the_machine_speaks(language: str, said: str) -> None:
    """As the program begins, in a process of its own: a machine has one language."""
    done = run_code(COUNTING, LC_ALL="", LANGUAGE="", LANG=language)
    assert done.stdout.strip() == said, done.stderr


COUNTING = """
from PySide6.QtCore import QCoreApplication
from console.__main__ import show
from shared.settings import Settings
from shared.ui.event_loop import application
from shared.ui.station import Station
from tests.backends import run_code
from tests.memory_link import MemoryLink, clinic
app = application("console")
console = show(Station(MemoryLink(clinic())), Settings(), None)
print(", ".join(QCoreApplication.translate("Console", "%n people wait", None, n) for n in (1, 2)))
console.close()
"""
