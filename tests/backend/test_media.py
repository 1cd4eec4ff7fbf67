"""Media of a hall: stored whole by content, bounded, of their kind, and read by that hall alone."""

from __future__ import annotations

import base64
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from shared.backend.background import housekeeping
from shared.backend.halls import named_files
from shared.backend.halls.consistency_check import faults
from shared.backend.halls.database_administration import opened
from shared.backend.http.request_parsing import LARGEST
from shared.backend.request_handlers import media
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage import tables
from shared.hall.display_values import Display, PlaylistItem, PlaylistKind
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RetireDisplay
from shared.hall.errors import (
    Invalid,
    Malformed,
    NoRoomForMedia,
    NotAllowed,
    Refused,
    StillInUse,
    TooLarge,
    UnknownDevice,
    UnknownMedium,
)
from shared.hall.messages import Command
from shared.hall.roles import Actor, Role
from shared.hall.set_up_import import ImportSetUp
from shared.hall.whole_set_up import set_up_of
from shared.requests.media import (
    LARGEST_PART,
    ListMedia,
    MediumKind,
    ReadMediumPart,
    RemoveMedium,
    SendMediumPart,
    StoreMedium,
)
from tests.backends import DATABASES, Caller, Premises, new_database
from tests.media_examples import ADMIN, BEEP, content_of, parts_of, recording, stored, upload

DISPLAY = Actor(name="Wall", role=Role.DISPLAY, hall="clinic")
PIXELS = bytes(range(256)) * 1025 * 2


def png(width: int, height: int, rest: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", width, height) + rest


def jpeg(width: int, height: int) -> bytes:
    """What a camera writes before the picture, then its size."""
    before = b"\xff\xe1" + struct.pack(">H", 60_002) + bytes(60_000)
    return b"\xff\xd8" + before * 6 + b"\xff\xc2\0\x11\x08" + struct.pack(">HH", height, width) + bytes(9)


PNG = png(640, 360, PIXELS)
"""What looks like a picture, in three parts."""
MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 500


@pytest.fixture(params=DATABASES)
def handlers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RequestHandlers]:
    with opened(new_database(request.param, tmp_path), create=True) as halls:
        halls.init("clinic", None)
        yield RequestHandlers(halls.ledger, halls.accounts)


def read(handlers: RequestHandlers, content: str, by: Actor = DISPLAY) -> bytes:
    found, at = b"", 0
    while True:
        part = handlers.answer("clinic", ReadMediumPart(content=content, at=at), by)
        found += base64.b64decode(part.data)
        at += 1
        if len(found) >= part.size:
            return found


def count(handlers: RequestHandlers) -> int:
    with handlers.ledger.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.media_parts)) or 0


def test_a_medium_comes_back_as_it_was_sent_and_a_second_time_is_harmless(handlers: RequestHandlers) -> None:
    medium = stored(handlers, PNG, MediumKind.PICTURE, "map.png")
    assert (medium.content, medium.name, medium.size) == (content_of(PNG), "map.png", len(PNG))
    assert read(handlers, medium.content) == PNG
    assert stored(handlers, PNG, MediumKind.PICTURE, "again.png") == medium
    assert handlers.answer("clinic", ListMedia(), ADMIN) == (medium,)
    handlers.answer("clinic", SendMediumPart(content=medium.content, at=9, data="AAAA"), ADMIN)
    assert count(handlers) == 3, "nothing is added to what is whole"
    with handlers.ledger.database.reading() as connection:
        assert [*faults(connection, "clinic")] == []


def test_a_picture_is_not_read_before_it_is_whole(handlers: RequestHandlers) -> None:
    upload(handlers, PNG)
    with pytest.raises(UnknownMedium):
        read(handlers, content_of(PNG))


def test_a_part_that_is_missing_is_said_and_may_still_come(handlers: RequestHandlers) -> None:
    first, second, third = parts_of(PNG)
    store = StoreMedium(content=content_of(PNG), name="map.png", kind=MediumKind.PICTURE)
    for sent in ((), (first, third)):
        for part in sent:
            handlers.answer("clinic", part, ADMIN)
        with pytest.raises(Invalid, match="send it again"):
            handlers.answer("clinic", store, ADMIN)
    handlers.answer("clinic", second, ADMIN)
    assert handlers.answer("clinic", store, ADMIN).size == len(PNG)


def test_parts_that_are_not_what_their_name_says_are_refused_and_removed(handlers: RequestHandlers) -> None:
    handlers.answer("clinic", SendMediumPart(content=content_of(MP4), at=0, data="AAAA"), ADMIN)
    with pytest.raises(Invalid, match="send it again"):
        stored(handlers, MP4, MediumKind.VIDEO)
    assert stored(handlers, MP4, MediumKind.VIDEO).size == len(MP4)


@pytest.mark.parametrize(
    ("file", "kind", "why"),
    [
        (b"<svg/>", MediumKind.PICTURE, "PNG, JPEG, GIF or WebP"),
        (PNG[:20], MediumKind.PICTURE, "PNG, JPEG, GIF or WebP"),
        (PNG[:600], MediumKind.VIDEO, "MP4 or WebM"),
        (png(30_000, 30_000), MediumKind.PICTURE, "it has 30000 × 30000 pixels, and may have at most 8000 a side"),
        (jpeg(8_001, 1), MediumKind.PICTURE, "8001 × 1 pixels"),
        (b"GIF89a" + struct.pack("<HH", 9_000, 10), MediumKind.PICTURE, "9000 × 10 pixels"),
        (b"RIFF    WEBPVP8X" + bytes(8) + b"\x3f\x1f\0\x40\x1f\0", MediumKind.PICTURE, "8000 × 8001 pixels"),
        (b"\0\0\0\x14ftypqt  ", MediumKind.VIDEO, "MP4 or WebM"),
        (MP4, MediumKind.CLIP, "8 to 48 kHz"),
        (recording(rate=4000), MediumKind.CLIP, "8 to 48 kHz"),
        (recording(channels=3), MediumKind.CLIP, "8 to 48 kHz"),
        (BEEP[:20] + struct.pack("<H", 3) + BEEP[22:], MediumKind.CLIP, "8 to 48 kHz"),
        (recording(0.05), MediumKind.CLIP, "lasts 0.05 seconds"),
        (recording(11), MediumKind.CLIP, "lasts 11.00 seconds"),
        (BEEP[:100], MediumKind.CLIP, "lasts 0.00 seconds"),
    ],
)
@pytest.mark.parametrize("handlers", ["sqlite"], indirect=True)
def test_a_medium_of_another_kind_is_one_sentence(
    handlers: RequestHandlers, file: bytes, kind: MediumKind, why: str
) -> None:
    with pytest.raises((Invalid, TooLarge)) as refused:
        stored(handlers, file, kind)
    assert why in str(refused.value)
    assert handlers.answer("clinic", ListMedia(), ADMIN) == ()


def test_what_is_too_large_or_has_no_room_is_one_sentence(
    handlers: RequestHandlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TooLarge, match="at most 2 MiB"):
        stored(handlers, b"R" * (2 * 2**20 + 1), MediumKind.CLIP)
    monkeypatch.setattr(media, "LARGEST_HALL", len(PNG) + 100)
    stored(handlers, PNG, MediumKind.PICTURE)
    with pytest.raises(NoRoomForMedia):
        stored(handlers, MP4, MediumKind.VIDEO)
    monkeypatch.setattr(media, "LARGEST", {MediumKind.VIDEO: 0})
    with pytest.raises(NoRoomForMedia):
        handlers.answer("clinic", SendMediumPart(content="0a" * 32, at=0, data="AAAA"), ADMIN)


@pytest.mark.parametrize(("at", "data"), [(0, ""), (0, "AAA"), (-1, "AAAA"), (10**6, "AAAA"), (0, "A" * 349_536)])
@pytest.mark.parametrize("handlers", ["sqlite"], indirect=True)
def test_no_impossible_part_is_kept(handlers: RequestHandlers, at: int, data: str) -> None:
    with pytest.raises((Invalid, Malformed)):
        handlers.answer("clinic", SendMediumPart(content="0a" * 32, at=at, data=data), ADMIN)
    assert count(handlers) == 0


def test_what_a_display_shows_or_a_clip_says_is_not_removed(handlers: RequestHandlers) -> None:
    picture = stored(handlers, PNG, MediumKind.PICTURE).content
    clip = stored(handlers, BEEP, MediumKind.CLIP).content
    page = PlaylistItem(kind=PlaylistKind.PICTURE, content=picture)
    handlers.ledger.do("clinic", DefineDisplay(id="wall", name="Wall", playlist=(page,)), ADMIN)
    handlers.ledger.do("clinic", RecordClip(language="en", says="letter.A", content=clip), ADMIN)
    for content, user in ((picture, "Wall"), (clip, "letter.A")):
        with pytest.raises(StillInUse) as refused:
            handlers.answer("clinic", RemoveMedium(content=content), ADMIN)
        assert user in str(refused.value)
    handlers.ledger.do("clinic", RetireDisplay(display="wall"), ADMIN)
    handlers.answer("clinic", RemoveMedium(content=picture), ADMIN)
    with pytest.raises(UnknownMedium):
        read(handlers, picture)
    assert count(handlers) == 1


def test_only_what_is_stored_and_of_its_kind_is_shown_or_said(handlers: RequestHandlers) -> None:
    def refusal(command: Command) -> Refused:
        with pytest.raises(Refused) as refused:
            handlers.ledger.do("clinic", command, ADMIN)
        return refused.value

    picture = stored(handlers, PNG, MediumKind.PICTURE).content
    assert stored(handlers, jpeg(8_000, 8_000), MediumKind.PICTURE), "the largest there may be"
    clip = stored(handlers, BEEP, MediumKind.CLIP).content
    upload(handlers, MP4)
    never = content_of(MP4)
    for content, why in ((never, UnknownMedium), (picture, Invalid)):
        refused = refusal(RecordClip(language="en", says="letter.A", content=content))
        assert (type(refused), refused.about["field"]) == (why, "content")
    for kind, content, why in (
        (PlaylistKind.VIDEO, never, UnknownMedium),
        (PlaylistKind.VIDEO, picture, Invalid),
        (PlaylistKind.PICTURE, clip, Invalid),
    ):
        page = PlaylistItem(kind=kind, content=content)
        refused = refusal(DefineDisplay(id="wall", name="Wall", playlist=(page,)))
        assert (type(refused), refused.about["field"]) == (why, "playlist")
    refused = refusal(AssignDisplay(device="d1", display="wall"))
    assert (type(refused), refused.about) == (UnknownDevice, {"field": "device"})
    handlers.ledger.do("clinic", AssignDisplay(device="d1"), ADMIN)  # one that was removed shows nothing any more


def test_a_set_up_of_another_hall_brings_pages_without_files_which_the_check_names(handlers: RequestHandlers) -> None:
    clip = stored(handlers, BEEP, MediumKind.CLIP).content
    pages = (
        PlaylistItem(kind=PlaylistKind.PICTURE, name="map.png", content=content_of(PNG)),
        PlaylistItem(kind=PlaylistKind.VIDEO, name="beep", content=clip),
    )
    ledger = handlers.ledger
    wall = Display(id="wall", name="Wall", playlist=pages)
    ledger.do("clinic", ImportSetUp(**vars(replace(set_up_of(ledger.hall("clinic")), displays=(wall,)))), ADMIN)
    with ledger.database.reading() as connection:
        first, second = named_files.lacking(connection, ledger.hall("clinic"))
    assert "page 1 ('map.png') of the display 'wall' is skipped, because its file is not in the hall" in first
    assert "page 2 ('beep') of the display 'wall' is skipped, because its file is a clip and no video" in second
    ledger.do("clinic", DefineDisplay(id="wall", name="Another name", playlist=pages), ADMIN)
    stored(handlers, PNG, MediumKind.PICTURE)
    ledger.do("clinic", DefineDisplay(id="wall", name="Wall", playlist=pages[:1]), ADMIN)
    ledger.do("clinic", RecordClip(language="en", says="letter.A", content=clip), ADMIN)
    with ledger.database.writing() as connection:
        connection.execute(delete(tables.media).where(tables.media.c.content == clip))
    with ledger.database.reading() as connection:
        [fault] = named_files.lacking(connection, ledger.hall("clinic"))
    assert "the recording of letter.A in en is not heard, because its file is not in the hall" in fault


def test_parts_that_are_never_stored_are_gone_within_a_day(handlers: RequestHandlers) -> None:
    kept, now = stored(handlers, BEEP, MediumKind.CLIP), handlers.ledger.wall()
    upload(handlers, PNG)
    housekeeping.forget(handlers.ledger, now + timedelta(hours=1), thoroughly=True)
    assert count(handlers) == 4
    housekeeping.forget(handlers.ledger, now + timedelta(hours=23), thoroughly=True)
    assert (count(handlers), read(handlers, kept.content)) == (1, BEEP)


def test_two_administrators_may_send_the_same_at_once(handlers: RequestHandlers) -> None:
    answers = []
    senders = [
        threading.Thread(target=lambda: answers.append(stored(handlers, PNG, MediumKind.PICTURE))) for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert read(handlers, content_of(PNG)) == PNG


def test_a_hall_reads_its_own_media_alone(handlers: RequestHandlers) -> None:
    content = stored(handlers, PNG, MediumKind.PICTURE).content
    handlers.ledger.create_hall("office")
    other = Actor(name="Wall", role=Role.DISPLAY, hall="office")
    with pytest.raises(NotAllowed):
        handlers.answer("clinic", ReadMediumPart(content=content, at=0), other)
    with pytest.raises(UnknownMedium):
        handlers.answer("office", ReadMediumPart(content=content, at=0), other)
    with pytest.raises(NotAllowed):
        handlers.answer("clinic", RemoveMedium(content=content), DISPLAY)


def test_the_check_finds_a_damaged_medium(handlers: RequestHandlers) -> None:
    stored(handlers, BEEP, MediumKind.CLIP, "a.wav")
    with handlers.ledger.database.writing() as connection:
        connection.execute(update(tables.media_parts).values(body=b"spoilt"))
    with handlers.ledger.database.reading() as connection:
        [fault] = faults(connection, "clinic")
    assert "'a.wav' of the displays is damaged" in fault


@pytest.mark.parametrize("handlers", ["sqlite"], indirect=True)
def test_a_long_video_is_never_in_memory_as_a_whole(handlers: RequestHandlers) -> None:
    video = MP4 + bytes(24 * LARGEST_PART)
    upload(handlers, video)
    tracemalloc.start()
    handlers.answer("clinic", StoreMedium(content=content_of(video), name="v.mp4", kind=MediumKind.VIDEO), ADMIN)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * LARGEST_PART


def test_a_part_passes_over_http_and_a_larger_body_does_not(premises: Premises) -> None:
    caller = Caller(premises)
    caller.sign_in()
    path = f"/api/v1/halls/{premises.hall}/requests/send-medium-part"
    whole = base64.b64encode(bytes(LARGEST_PART)).decode()
    body = {"content": content_of(bytes(LARGEST_PART)), "at": 0, "data": whole}
    assert caller.post(path, body).status_code == 200
    assert caller.post(path, {**body, "data": whole * 2}).status_code == 413
    assert LARGEST["send-medium-part"] < 2 * len(whole)
