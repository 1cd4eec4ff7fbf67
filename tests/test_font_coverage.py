"""Texts of a hall that no font here can draw are named, with what to install: by `check`, log and console."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QTextLayout

from shared.hall.hall import Hall
from shared.hall.set_up import DefineHall, DefinePoint
from shared.ui import font_coverage
from shared.ui.font_coverage import MissingScript, ScriptLog, missing_scripts, texts_of
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory
from tests.backends import Premises, nowserving
from tests.memory_link import MemoryLink, clinic

pytestmark = pytest.mark.qt_log_ignore("OpenType support missing", extend=True)  # Qt's own word for it

RARE = {"𐌰𐌱𐌲": "GOTHIC", "𐀀𐀁": "LINEAR", "𒀀𒀁": "CUNEIFORM", "\U0010fffd": "SYMBOLS"}
"""Scripts, the last for private use: wherever this runs, one of them can't be drawn."""

MANY = [
    "Anmeldung",
    "Ώρα",
    "Окно",
    "شباك ١",
    "ทะเบียน",
    "पंजीकरण",
    "登録",
    "등록",
    "עברית",
    "ქართული",
    "→ – №",
    "😀",
    *RARE,
]


def has_boxes(text: str) -> bool:
    """Whether a box is among the glyphs painted for a text."""
    layout = QTextLayout(text, QGuiApplication.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


def unseen() -> str:
    return next(text for text in RARE if has_boxes(text))


@pytest.mark.parametrize("text", MANY)
def test_what_is_said_to_be_missing_is_what_is_painted_as_a_box(qapp, text: str) -> None:
    assert bool(missing_scripts((text,))) == has_boxes(text)


def test_a_script_is_named_once_with_something_written_in_it(qapp) -> None:
    text = unseen()
    assert missing_scripts(("Counter 1", f"{text} 1", f"{text} 2")) == (MissingScript(RARE[text], f"{text} 1"),)


def test_a_hall_in_our_own_languages_lacks_nothing(qapp) -> None:
    assert {"Stadtklinik", "Русский", "Новые пациенты, документы", "مدفوع", "Окно 1"} <= {*texts_of(clinic())}
    assert missing_scripts(texts_of(clinic())) == ()


def test_a_sentence_says_what_to_install_in_the_language_of_the_screen(qapp) -> None:
    assert "Install fonts-noto-core" in font_coverage.sentence("en", MissingScript("THAI", "ทะเบียน"))
    assert "Install fonts-noto-cjk" in font_coverage.sentence("en", MissingScript("HANGUL", "등록"))
    german = font_coverage.sentence("de", MissingScript("DEVANAGARI", "पंजीकरण"))
    assert "keine Schrift für Devanagari-Schrift (Hindi), etwa in „पंजीकरण“" in german
    assert "has Khmer, as in" in font_coverage.sentence("en", MissingScript("KHMER", "ចុះឈ្មោះ"))


async def test_a_station_says_it_once_in_its_log(link: MemoryLink, until, caplog: pytest.LogCaptureFixture) -> None:
    station = Station(link)
    ScriptLog(station)
    station.start()
    await until(lambda: station.hall)
    assert caplog.messages == []
    for number in (1, 2):
        link.do(DefinePoint(id=f"{number}", serial_number=number, name=f"{unseen()} {number}"))
    await until(lambda: station.hall and station.hall.seq == link.hall.seq)
    (said,) = caplog.messages
    assert f"as in “{unseen()} 1”" in said
    station.stop()


# ── the command ──


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any font but ours."""
    (tmp_path / "fonts").mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}/fonts</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


NAMES = {"th": "ทะเบียน", "hi": "पंजीकरण", "en": "Registration 😀"}


def test_texts_are_measured_without_a_screen_whatever_the_machine_is_set_to() -> None:
    measure = "from shared.ui.event_loop import windowless_application as w; print(w('check').platformName())"
    elsewhere = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": ":9999"}
    done = subprocess.run([sys.executable, "-c", measure], env=elsewhere, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "offscreen"


@pytest.mark.usefixtures("bare")
def test_check_names_the_scripts_of_a_hall_in_the_database(tmp_path: Path) -> None:
    premises = Premises(tmp_path)
    assert nowserving("check", "--database", premises.database).stdout == "Nothing is wrong.\n"
    file = tmp_path / "asia.toml"
    names = ", ".join(f'{language} = "{name}"' for language, name in NAMES.items())
    file.write_text(f'[hall]\nname = {{ {names} }}\nlanguages = ["th", "hi", "en"]\n', "utf-8")
    assert nowserving("import", str(file), "--new", "asia", "--database", premises.database).returncode == 0
    checked = nowserving("check", "--database", premises.database)
    assert checked.returncode == 1
    for name, package in (
        ("Thai, as in “ทะเบียน”", "fonts-noto-core"),
        ("Devanagari (Hindi), as in “पंजीकरण”", "fonts-noto-core"),
        ("emoji, as in “Registration 😀”", "fonts-noto-color-emoji"),
    ):
        (said,) = [line for line in checked.stderr.splitlines() if name in line]
        assert f"Install {package}" in said
    assert len(checked.stderr.splitlines()) == 3


@pytest.mark.usefixtures("bare")
def test_check_names_the_scripts_of_a_hall_whose_station_stands_here(tmp_path: Path) -> None:
    hall = MemoryLink(Hall(id="asia"))
    hall.do(DefineHall(name=NAMES, languages=("th", "hi", "en")))
    StationMemory(tmp_path / "state" / "nowserving", "http://reception:8080").save(hall.hall)
    checked = nowserving("check", "--database", f"sqlite:///{tmp_path / 'none.db'}")
    assert checked.returncode == 1
    assert "No font on this machine has Thai" in checked.stderr
    assert "There is no database" in checked.stderr
