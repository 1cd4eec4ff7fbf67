"""A station's media: fetched once, resumed, checked before use, bounded; and files sent to the hall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.backend.halls.database_administration import opened
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.hall.display_values import PlaylistItem, PlaylistKind
from shared.hall.displays import DefineDisplay, RecordClip, RetireDisplay
from shared.hall.errors import Failure, Unreachable
from shared.requests.media import LARGEST_PART, ListMedia, Medium, MediumKind, SendMediumPart, StoreMedium
from shared.ui import media_files, media_upload
from shared.ui.media_files import MediaFiles
from shared.ui.media_upload import MediaUpload
from shared.ui.station import Station
from tests.media_examples import ADMIN, BEEP, Shelf, content_of, recording
from tests.memory_link import MemoryLink

LONG = bytes(range(256)) * 1024 * 3 + b"the end"
"""Four parts."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (media_files, media_upload):
        monkeypatch.setattr(module, "FIRST_RETRY", 20)
        monkeypatch.setattr(module, "LAST_RETRY", 40)


class Reader:
    """A station with a cache in a folder."""

    def __init__(self, link: MemoryLink, folder: Path, until: Any) -> None:
        self.shelf = Shelf()
        link.asked |= self.shelf.answers
        self.link, self.folder, self.until = link, folder, until
        self.said: list[str] = []
        self.begin()

    def begin(self) -> None:
        self.station = Station(self.link)
        self.files = MediaFiles(self.station, self.folder)
        self.files.failed.connect(lambda _, failure: self.said.append(failure.detail))

    async def live(self) -> Reader:
        self.station.start()
        await self.until(lambda: self.station.hall)
        return self

    async def here(self, *contents: str) -> list[bytes]:
        await self.until(lambda: all(self.files.path(content) for content in contents))
        return [path.read_bytes() for content in contents if (path := self.files.path(content))]

    def on_disk(self) -> set[str]:
        return {file.name for file in self.folder.rglob("*") if file.is_file()}


@pytest.fixture
def reader(link: MemoryLink, tmp_path: Path, until: Any) -> Iterator[Reader]:
    reader = Reader(link, tmp_path / "media", until)
    yield reader
    reader.station.stop()


async def test_what_is_needed_is_fetched_once_in_parts(reader: Reader) -> None:
    long, short = reader.shelf.put(LONG), reader.shelf.put(BEEP)
    await reader.live()
    assert reader.files.path(long) is None
    reader.files.keep([long, short])
    assert await reader.here(long, short) == [LONG, BEEP]
    assert reader.shelf.read == [*((long, at) for at in range(4)), (short, 0)]
    reader.station.stop()
    reader.begin()
    await reader.live()
    reader.files.keep([long, short])
    await reader.here(long, short)
    assert len(reader.shelf.read) == 5, "nothing is fetched again after a restart"


def cut_at(reader: Reader, part: int) -> list[int]:
    """The line breaks whenever this part is asked for, until the list is emptied; the parts asked for then."""
    [(kind, read)] = reader.shelf.answers.items()
    broken = [part]

    def cut(asked: Any) -> Any:
        if asked.at in broken[:1]:
            broken.append(asked.at)
            raise Unreachable("The cable is out.")
        return read(asked)

    reader.link.asked[kind] = cut
    return broken


async def test_an_outage_costs_one_part(reader: Reader) -> None:
    long, broken = reader.shelf.put(LONG), cut_at(reader, 2)
    await reader.live()
    reader.files.keep([long])
    await reader.until(lambda: len(broken) > 4)
    broken.clear()
    assert await reader.here(long) == [LONG]
    assert [at for _, at in reader.shelf.read] == [0, 1, 2, 3]
    assert reader.said == [], "that the hall is away is said elsewhere"


async def test_a_download_goes_on_after_a_restart(reader: Reader) -> None:
    long, broken = reader.shelf.put(LONG), cut_at(reader, 2)
    await reader.live()
    reader.files.keep([long])
    await reader.until(lambda: len(broken) > 1)
    reader.station.stop()
    broken.clear()
    reader.begin()
    await reader.live()
    reader.files.keep([long])
    assert await reader.here(long) == [LONG]
    assert [at for _, at in reader.shelf.read] == [0, 1, 2, 3]


async def test_a_damaged_file_is_fetched_again(reader: Reader) -> None:
    short = reader.shelf.put(BEEP)
    await reader.live()
    reader.files.keep([short])
    await reader.here(short)
    file = reader.files.path(short)
    assert file
    file.write_bytes(BEEP[:-1] + b"!")
    reader.files.broken(short)
    assert reader.files.path(short) is None
    assert await reader.here(short) == [BEEP]
    file.write_bytes(b"")
    reader.station.stop()
    reader.begin()
    await reader.live()
    reader.files.keep([short])
    assert await reader.here(short) == [BEEP], "before its first use too"


async def test_bytes_that_are_not_what_their_name_says_are_never_used(reader: Reader) -> None:
    long = content_of(LONG)
    reader.shelf.files[long] = LONG[:-1] + b"!"
    await reader.live()
    reader.files.keep([long])
    await reader.until(lambda: reader.said)
    assert "arrived damaged" in reader.said[0] and reader.files.path(long) is None
    reader.shelf.put(LONG)
    assert await reader.here(long) == [LONG]
    assert reader.files.troubles == {}


async def test_what_no_display_names_any_more_is_deleted(reader: Reader) -> None:
    kept, gone = reader.shelf.put(LONG), reader.shelf.put(BEEP)
    for name, content in (("one", kept), ("two", gone)):
        page = PlaylistItem(kind=PlaylistKind.PICTURE, content=content)
        reader.link.do(DefineDisplay(id=name, name=name, playlist=(page,)))
    await reader.live()
    reader.files.keep([kept, gone])
    await reader.here(kept, gone)
    reader.files.keep([kept])
    await reader.here(kept)
    assert reader.on_disk() == {kept, gone}, "another display of this machine may show it"
    reader.link.do(RetireDisplay(display="two"))
    await reader.until(lambda: reader.station.hall and "two" not in reader.station.hall.displays)
    reader.files.keep([kept])
    await reader.until(lambda: reader.on_disk() == {kept})


async def test_one_that_is_not_there_holds_no_other_up_and_the_log_says_which_it_is(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    missing, short = content_of(b"nothing"), reader.shelf.put(BEEP)
    page = PlaylistItem(kind=PlaylistKind.PICTURE, content=missing, name="map.png")
    reader.link.do(DefineDisplay(id="one", name="One", playlist=(page,)))
    reader.link.do(RecordClip(language="en", says="letter.A", content=content_of(b"never")))
    await reader.live()
    reader.files.keep([missing, short, content_of(b"never")])
    assert await reader.here(short) == [BEEP]
    await reader.until(lambda: len(reader.said) == 2)
    assert [said.split(":")[0] for said in reader.said] == ["This file is not in the hall"] * 2
    assert [record.message.rpartition(": This")[0] for record in caplog.records][:2] == [
        "page 1 ('map.png') of the display one",
        "the recording en:letter.A",
    ]
    reader.shelf.put(b"nothing")
    assert await reader.here(missing) == [b"nothing"]


async def test_a_folder_that_takes_nothing_is_said_and_waited_for(reader: Reader) -> None:
    short = reader.shelf.put(BEEP)
    reader.folder.write_text("in the way")
    await reader.live()
    reader.files.keep([short])
    await reader.until(lambda: reader.said)
    assert "does not take the pictures" in reader.said[0]
    reader.folder.unlink()
    assert await reader.here(short) == [BEEP]


# ── to the hall ──


class Sender:
    """A station whose hall keeps media in a real database."""

    def __init__(self, link: MemoryLink, handlers: RequestHandlers) -> None:
        self.asked: list[type[Any]] = []
        self.handlers = handlers
        self.link = link
        for kind in (ListMedia, SendMediumPart, StoreMedium):
            link.asked[kind] = self.answer
        self.station = Station(link)

    def answer(self, request: Any) -> Any:
        self.asked.append(type(request))
        return self.handlers.answer("clinic", request, ADMIN)

    async def sent(self, file: Path, kind: MediumKind, until: Any) -> Medium | Failure:
        ended: list[Medium | Failure] = []
        percent: list[int] = []
        upload = MediaUpload(self.station, file, kind)
        upload.stored.connect(ended.append)
        upload.failed.connect(ended.append)
        upload.progressed.connect(percent.append)
        upload.start()
        await until(lambda: ended)
        assert percent == sorted(percent) and (percent or [100])[-1] <= 100
        return ended[0]


@pytest.fixture
def sender(link: MemoryLink, tmp_path: Path) -> Iterator[Sender]:
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as halls:
        halls.init("clinic", None)
        sender = Sender(link, RequestHandlers(halls.ledger, halls.accounts))
        yield sender
        sender.station.stop()


async def test_a_file_is_sent_in_parts_and_a_second_time_not_at_all(sender: Sender, tmp_path: Path, until: Any) -> None:
    video = tmp_path / "Rundgang.mp4"
    video.write_bytes(b"\0\0\0\x20ftypisom" + bytes(2 * LARGEST_PART))
    sender.station.start()
    medium = await sender.sent(video, MediumKind.VIDEO, until)
    assert isinstance(medium, Medium) and (medium.name, medium.size) == ("Rundgang.mp4", video.stat().st_size)
    assert sender.asked == [ListMedia, *[SendMediumPart] * 3, StoreMedium]
    assert await sender.sent(video, MediumKind.VIDEO, until) == medium
    assert sender.asked[5:] == [ListMedia]


async def test_an_outage_is_waited_for(sender: Sender, tmp_path: Path, until: Any) -> None:
    clip = tmp_path / "a.wav"
    clip.write_bytes(BEEP)
    sender.station.start()
    await until(lambda: sender.station.hall)
    sender.link.unplug()
    await until(lambda: sender.station.away_since)
    upload = MediaUpload(sender.station, clip, MediumKind.CLIP)
    ended: list[object] = []
    upload.stored.connect(ended.append)
    upload.failed.connect(ended.append)
    upload.start()
    await until(lambda: upload._pause == 40)
    assert not ended
    sender.link.plug()
    await until(lambda: ended)
    assert isinstance(ended[0], Medium)


@pytest.mark.parametrize(
    ("name", "file", "kind", "why"),
    [
        ("map.png", b"\x89PNG\r\n\x1a\nand nothing else", MediumKind.PICTURE, "can't be shown"),
        ("a.wav", recording(12), MediumKind.CLIP, "lasts 12.00 seconds"),
        ("a.mp4", b"", MediumKind.VIDEO, "is empty"),
        ("a.wav", bytes(2 * 1024 * 1024 + 1), MediumKind.CLIP, "at most 2 MiB"),
        ("none.png", None, MediumKind.PICTURE, "can't be read"),
    ],
)
async def test_a_file_that_is_no_use_is_one_sentence(
    sender: Sender, tmp_path: Path, until: Any, name: str, file: bytes | None, kind: MediumKind, why: str
) -> None:
    if file is not None:
        (tmp_path / name).write_bytes(file)
    sender.station.start()
    ended = await sender.sent(tmp_path / name, kind, until)
    assert isinstance(ended, Failure) and why in ended.detail, ended


async def test_a_cancelled_upload_says_nothing(sender: Sender, tmp_path: Path, until: Any) -> None:
    clip = tmp_path / "a.wav"
    clip.write_bytes(BEEP)
    sender.station.start()
    first, second = (MediaUpload(sender.station, clip, MediumKind.CLIP) for _ in "12")
    ended: list[str] = []
    first.stored.connect(lambda _: ended.append("first"))
    second.stored.connect(lambda _: ended.append("second"))
    first.start()
    first.cancel()
    second.start()
    await until(lambda: ended)
    assert ended == ["second"]
