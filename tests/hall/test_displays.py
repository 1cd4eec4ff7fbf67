"""Hall displays as they are set up, the devices that show them, and the hall's own recordings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time

import pytest

from shared.hall.display_values import Display, PlaylistItem, PlaylistKind, Volume
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RemoveClip, RetireDisplay
from shared.hall.errors import (
    Invalid,
    NameTaken,
    NotAllowed,
    Refused,
    StillInUse,
    UnknownClip,
    UnknownDisplay,
    UnknownService,
)
from shared.hall.field_limits import MOST_PAGES
from shared.hall.json_codec import decode_hall, encode_hall
from shared.hall.roles import Actor, Role
from shared.hall.rules import allow
from shared.hall.set_up import DefineHall, RetirePoint, RetireService
from shared.hall.set_up_import import ImportSetUp
from shared.hall.whole_set_up import plain, set_up_of
from tests.hall.builders import Clinic

CONTENT = "0f" * 32
BLANK = (" ", " \n ", {"en": "Welcome", "de": " "}, {})
NO_PAGES = (
    "file:///etc/passwd", "http://", "http://[::1", "http://[::1::]/", "http://::1]/", "http://h:0/", "http://h:65536/",
    "http://h:x/", "http://user:pw@h/", "http://user@h", "https://h/ x", "http://h\\x/", " ",
)  # fmt: skip
PAGES = ("http://[::1]:8080", "https://example.org?x=a@b", "https://täglich.example/ä?q=1#x", "http://h:65535/@")
NORTH = DefineDisplay(id="north", name="North wall")


def again(command: DefineDisplay, **changed: object) -> DefineDisplay:
    return replace(command, command_id=DefineDisplay(id="", name="").command_id, **changed)  # type: ignore[arg-type]


def test_a_display_is_defined_changed_and_retired(clinic: Clinic) -> None:
    clinic.do(NORTH)
    clinic.do(again(NORTH, farthest_seat=12, services=("tests",)))
    assert clinic.hall.displays == {
        "north": Display(id="north", name="North wall", farthest_seat=12, services=("tests",))
    }
    clinic.do(RetireDisplay(display="north"))
    assert not clinic.hall.displays
    clinic.refuses(RetireDisplay(display="north"), UnknownDisplay)


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"id": "no spaces"}, Invalid, "id"),
        ({"name": " "}, Invalid, "name"),
        ({"services": ("tests", "closed-for-good")}, UnknownService, "services"),
        ({"languages": ("fr",)}, Invalid, "languages"),
        ({"farthest_seat": 0}, Invalid, "farthest_seat"),
        ({"farthest_seat": 61}, Invalid, "farthest_seat"),
        ({"inches": 4}, Invalid, "inches"),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.PICTURE),)}, Invalid, "playlist"),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.TEXT),)}, Invalid, "playlist"),
        *(({"playlist": (PlaylistItem(kind=PlaylistKind.TEXT, text=text),)}, Invalid, "playlist") for text in BLANK),
        *(({"playlist": (PlaylistItem(kind=PlaylistKind.WEB, url=url),)}, Invalid, "playlist") for url in NO_PAGES),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.WEB, url="http://h/\u202egp.exe"),)}, Invalid, "url"),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.TEXT, text="One\nTwo\u202e"),)}, Invalid, "text"),
        ({"ticker": {"en": "Closed \u202etoday"}}, Invalid, "ticker"),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.TEXT, text="x", seconds=2),)}, Invalid, "playlist"),
        ({"playlist": (PlaylistItem(kind=PlaylistKind.TEXT, text="x"),) * (MOST_PAGES + 1)}, Invalid, "playlist"),
    ],
)
def test_a_wrong_display_is_refused_beside_its_field(
    clinic: Clinic, changed: dict[str, object], refusal: type[Refused], field: str
) -> None:
    assert clinic.refuses(again(NORTH, **changed), refusal).about["field"] == field


def test_a_web_page_and_a_text_of_several_lines_are_taken(clinic: Clinic) -> None:
    pages = [PlaylistItem(kind=PlaylistKind.WEB, url=url) for url in PAGES]
    text = PlaylistItem(kind=PlaylistKind.TEXT, text={"en": "Welcome\n\nOne 👩\u200d⚕️", "de": "می\u200cخواهم"})
    clinic.do(again(NORTH, playlist=(*pages, text), ticker="Please have your insurance card ready"))


def test_two_displays_of_one_name_are_told_apart(clinic: Clinic) -> None:
    clinic.do(NORTH)
    refused = clinic.refuses(DefineDisplay(id="south", name={"de": "Süden", "en": " north WALL"}), NameTaken)
    assert refused.about == {"display": "north", "field": "name"}
    clinic.do(again(NORTH, dark=False))  # its own name is no other's


def test_a_device_shows_what_it_was_given_until_that_is_retired(clinic: Clinic) -> None:
    clinic.refuses(AssignDisplay(device="d1", display="north"), UnknownDisplay)
    clinic.do(NORTH)
    clinic.do(AssignDisplay(device="d1", display="north"))
    assert clinic.hall.assigned == {"d1": "north"}
    for nobody in ("", " "):
        assert clinic.refuses(AssignDisplay(device=nobody, display="north"), Invalid).about["field"] == "device"
    assert clinic.happens(AssignDisplay(device="d1", display="north")) == []
    clinic.do(AssignDisplay(device="d1"))
    assert not clinic.hall.assigned
    clinic.do(AssignDisplay(device="d1", display="north"))
    clinic.do(RetireDisplay(display="north"))
    assert not clinic.hall.assigned


def test_what_a_display_alone_shows_is_not_retired_and_what_it_shows_too_leaves_it(clinic: Clinic) -> None:
    clinic.do(again(NORTH, services=("tests",), points=("1", "2")))
    refused = clinic.refuses(RetireService(service="tests"), StillInUse)
    assert refused.about == {"display": "north", "name": "North wall"}
    clinic.do(RetirePoint(point="2"))
    assert clinic.hall.displays["north"].points == ("1",)
    clinic.do(again(NORTH, services=("tests", "registration")))
    clinic.do(RetireService(service="tests"))
    assert clinic.hall.displays["north"].services == ("registration",)


def test_a_recording_comes_and_goes(clinic: Clinic) -> None:
    own = clinic.hall.settings.languages[0]
    clinic.refuses(RecordClip(language="fr", says="letter.A", content=CONTENT), Invalid)
    for nothing in ("Letter A!", "x", "nonsense.zz", "letter.AB", "letter.a", "number.142", "number.07", "point."):
        clinic.refuses(RecordClip(language=own, says=nothing, content=CONTENT), Invalid)
    clinic.do(RecordClip(language=own, says="letter.A", content=CONTENT))
    clinic.do(RecordClip(language=own, says="letter.A", content="0e" * 32))
    assert [clip.content for clip in clinic.hall.clips.values()] == ["0e" * 32]
    clinic.do(RemoveClip(language=own, says="letter.A"))
    clinic.refuses(RemoveClip(language=own, says="letter.A"), UnknownClip)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"announce_times": 4}, "announce_times"),
        ({"announce_gap": -1}, "announce_gap"),
        ({"volumes": (Volume(since=time(8), percent=101),)}, "volumes"),
        ({"volumes": (Volume(since=time(8), percent=1), Volume(since=time(8), percent=2))}, "volumes"),
        ({"volumes": (Volume(since=time(8, tzinfo=UTC), percent=1),)}, "volumes"),
        ({"volumes": tuple(Volume(since=time(hour), percent=1) for hour in range(13))}, "volumes"),
    ],
)
def test_announcements_have_limits(clinic: Clinic, changed: dict[str, object], field: str) -> None:
    settings = plain(type(clinic.hall.settings), clinic.hall.settings)
    wrong = DefineHall(**{**vars(settings), **changed})  # type: ignore[arg-type]
    assert clinic.refuses(wrong, Invalid).about["field"] == field


def test_displays_are_part_of_the_set_up_and_of_what_a_station_keeps(clinic: Clinic) -> None:
    clinic.do(again(NORTH, playlist=(PlaylistItem(kind=PlaylistKind.PICTURE, content=CONTENT),)))
    clinic.do(AssignDisplay(device="d1", display="north"))
    clinic.do(RecordClip(language=clinic.hall.settings.languages[0], says="letter.A", content=CONTENT))
    kept = decode_hall(encode_hall(clinic.hall))
    assert (kept.displays, kept.assigned, kept.clips) == (
        clinic.hall.displays,
        clinic.hall.assigned,
        clinic.hall.clips,
    )
    wanted = replace(set_up_of(clinic.hall), displays=(Display(id="south", name="South"),))
    clinic.do(ImportSetUp(**vars(wanted), retire=True))
    assert [*clinic.hall.displays] == ["south"]


def test_only_administrators_set_up_displays() -> None:
    for command in (NORTH, RetireDisplay(display="north"), AssignDisplay(device="d1")):
        allow(command, Actor(name="a", role=Role.ADMINISTRATOR), "h")
        for role in (Role.SUPERVISOR, Role.DISPLAY, Role.CUSTOMER):
            with pytest.raises(NotAllowed):
                allow(command, Actor(name="a", role=role), "h")
