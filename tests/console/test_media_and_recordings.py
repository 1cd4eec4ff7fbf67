"""Pictures, videos and recordings come into a hall from the console and go again: a real window over a real backend."""

from __future__ import annotations

import wave
from array import array
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from console.set_up.microphone import AROUND, RATE, wav_of
from shared.backend.request_handlers.medium_kinds import require_clip
from shared.hall.display_values import PlaylistItem, PlaylistKind
from shared.hall.displays import DefineDisplay
from shared.hall.errors import Invalid
from shared.requests.media import ListMedia
from shared.ui.refusals import refusal_text
from shared.voice.vocabulary import vocabulary
from tests.backends import PASSWORD
from tests.console.test_people import sit_down_here
from tests.media_examples import recording

__all__ = ["sit_down_here"]

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # what a dialog asks of a screen, and offscreen has not

CTRL = Qt.KeyboardModifier.ControlModifier


async def the(seat, name: str):
    """A section of the set-up."""
    await seat.sign_in("admin", PASSWORD)
    await seat.until(lambda: seat.console.station.hall and seat.console.page is not seat.console.log_in_page)
    seat.console.show_set_up()
    page = seat.console.set_up_page
    section = getattr(page, name)
    page.tabs.setCurrentWidget(section)
    return section


def picture(file: Path, colour: Qt.GlobalColor) -> Path:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(colour)
    image.save(str(file))
    return file


def choose(section, *files: Path) -> None:
    """Choose files in the dialog."""
    dialog = section.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.filesSelected.emit([str(file) for file in files])
    dialog.close()


def dropped(section, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    none = Qt.KeyboardModifier.NoModifier
    section.dropEvent(QDropEvent(QPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none))


def names(section) -> list[str]:
    return [medium.name for medium in section.rows.rows]


async def test_pictures_are_added_and_one_in_use_is_not_removed(sit_down_here, premises, tmp_path: Path) -> None:
    sea, hill = picture(tmp_path / "sea.png", Qt.GlobalColor.blue), picture(tmp_path / "Hill.png", Qt.GlobalColor.green)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no more")
    (tmp_path / "letter.txt").write_text("Dear customers")
    async with sit_down_here() as seat:
        section = await the(seat, "media")
        await seat.until(section.nothing.isVisible)
        QTest.keyClick(section, Qt.Key.Key_N, CTRL)
        choose(section, sea)
        await seat.until(lambda: section.sentence.text() == "“sea.png” is in the hall now.")
        dropped(section, hill, tmp_path / "broken.png", tmp_path / "letter.txt")
        await seat.until(lambda: names(section) == ["Hill.png", "sea.png"] and not section.model.uploads.current)
        await seat.until(lambda: "broken.png: This picture can't be shown" in section.sentence.text())
        assert "letter.txt: This is no picture or video" in section.sentence.text()
        assert section.taken.text() == "0.1 MB of 512 MB taken"
        content = next(one.content for one in section.rows.rows if one.name == "sea.png")
        page = PlaylistItem(kind=PlaylistKind.PICTURE, content=content, name="sea.png")
        with_admin(premises, DefineDisplay(id="one", name="Waiting room", playlist=(page,)))
        await seat.until(lambda: "Waiting room" in [section.rows.columns[3].text(one) for one in section.rows.rows])
        section.table.choose(content)
        for _ in range(2):
            section.remove_button.click()
        await seat.until(lambda: "Waiting room" in section.sentence.text() and section.model.is_refusal)
        with_admin(premises, DefineDisplay(id="one", name="Waiting room"))
        await seat.until(lambda: not section.set_up.hall.displays["one"].playlist)
        for _ in range(2):
            section.remove_button.click()
        await seat.until(lambda: names(section) == ["Hill.png"])
        assert section.sentence.text() == "“sea.png” is removed."


def with_admin(premises, command) -> None:
    link = premises.admin()
    link.do(command)
    link.close()


async def test_a_stopped_upload_leaves_nothing_and_says_so(sit_down_here, premises, tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(b"\0\0\0\x18ftypisom" + bytes(3_000_000))
    async with sit_down_here() as seat:
        section = await the(seat, "media")
        section.upload([str(large)])
        await seat.until(lambda: section.progress.isVisible() and section.progress.value() > 0)
        section.cancel_button.click()
        assert not section.progress.isVisible() and section.sentence.text().startswith("Stopped")
        section.model.load()
        await seat.until(lambda: "large.mp4" not in names(section))


async def test_recordings_are_matched_by_their_names_and_the_missing_ones_are_listed(
    sit_down_here, premises, tmp_path: Path
) -> None:
    sounds = {name: recording(seconds) for name, seconds in (("042", 0.2), ("letter.A", 0.3), ("43", 12), ("moo", 0.2))}
    files = [tmp_path / f"{name}.wav" for name in (*sounds, "44")]
    for file, sound in zip(files, (*sounds.values(), b"this is no sound"), strict=True):
        file.write_bytes(sound)
    async with sit_down_here() as seat:
        section = await the(seat, "voice")
        words = vocabulary(section.model.hall, "en")
        await seat.until(lambda: section.rows.rowCount() == len(words) > 20)
        QTest.keyClick(section, Qt.Key.Key_O, CTRL)
        choose(section, *files)
        await seat.until(lambda: len(section.model.hall.clips) == 2 and not section.model.uploads.current)
        assert set(section.model.hall.clips) == {"en:number.42", "en:letter.A"}
        await seat.until(lambda: section.sentence.text().count("\n") == 2)
        moo, long, silent = sorted(section.sentence.text().splitlines(), reverse=True)
        assert moo.startswith("moo.wav: Nothing is said like that.")
        assert silent.startswith("43.wav: This recording lasts 12.00 seconds")
        assert long.startswith("44.wav: A recording is a WAV file")
        section.missing_only.click()
        assert section.rows.rowCount() == len(words) - 2
        assert section.count.text() == f"2 of {len(words)} recorded"
        section.missing_only.click()
        await another_recording_takes_its_place(seat, section, premises, tmp_path)
        await it_is_heard(seat, section, recording(0.4))
        section.table.choose("number.42")
        for _ in range(2):
            section.remove_button.click()
        await seat.until(lambda: set(section.model.hall.clips) == {"en:letter.A"})
        await seat.until(lambda: section.sentence.text() == "A voice says this again.")
        section.language.setCurrentIndex(1)
        assert section.count.text().startswith("0 of ")


async def another_recording_takes_its_place(seat, section, premises, folder: Path) -> None:
    """The one before is not kept: nobody would find it again."""
    before = section.model.hall.clips["en:letter.A"].content
    (folder / "a.wav").write_bytes(recording(0.4))
    section.model.import_files([folder / "a.wav"])
    await seat.until(lambda: section.model.hall.clips["en:letter.A"].content != before)
    await seat.until(lambda: section.sentence.text() == "1 recordings are in the hall now.")
    link = premises.admin()
    await seat.until(lambda: before not in [medium.content for medium in link.request(ListMedia())])
    link.close()


async def it_is_heard(seat, section, sound: bytes) -> None:
    heard: list[Path] = []
    section.model.fetched.disconnect()  # no test makes a noise
    section.model.fetched.connect(heard.append)
    section.table.choose("letter.A")
    section.play()
    await seat.until(lambda: heard)
    assert heard[0].read_bytes() == sound


def test_the_silence_around_what_the_microphone_heard_is_cut_off() -> None:
    silence, sound = array("h", [3] * RATE), array("h", [9_000, -9_000] * (RATE // 4))
    with wave.open(BytesIO(wav_of((silence + sound + silence).tobytes()))) as clip:
        assert clip.getnframes() == pytest.approx(len(sound) + 2 * AROUND, abs=RATE // 50)
    assert wav_of(silence.tobytes()) == b""


@pytest.mark.parametrize(("language", "said"), [("en", "0.01 seconds, and one lasts from 0.1 to 10"),
                                                 ("de", "0,01 Sekunden, erlaubt sind 0,1 bis 10"),
                                                 ("ru", "0,01 с, а можно от 0,1 до 10 с")])  # fmt: skip
def test_how_long_a_recording_may_be_is_written_as_its_reader_writes_numbers(
    qapp, speaking, language: str, said: str
) -> None:
    speaking(language)
    with pytest.raises(Invalid) as refused:
        require_clip(recording(seconds=0.01))
    assert said in refusal_text(refused.value)
