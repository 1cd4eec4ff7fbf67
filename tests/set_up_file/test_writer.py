"""A hall's set-up is written so that people can read it, and comes back as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backend.halls import sample_halls
from shared.hall.errors import Invalid
from shared.hall.field_limits import is_name
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.rules import decide, fold
from shared.hall.values import Moment, Precedence, Service, ServicePoint
from shared.hall.whole_set_up import SetUp, set_up_of
from shared.set_up_file.reader import place_and_reason, read
from shared.set_up_file.writer import write

NOW = Moment(datetime(2026, 3, 2, 8, 0, tzinfo=UTC), 0)


def imported(text: str) -> Hall:
    file = read(text.encode(), "hall.toml")
    hall = Hall(id="hall")
    return fold(hall, decide(hall, file.command(retire=False), NOW))


@pytest.mark.parametrize("name", sample_halls.names())
def test_a_sample_is_imported_exported_and_imported_again_to_the_byte(name: str) -> None:
    [command] = sample_halls.commands(name)
    hall = fold(Hall(id=name), decide(Hall(id=name), command, NOW))
    assert set_up_of(hall) == sample_halls.file(name).set_up
    text = write(set_up_of(hall))
    assert write(set_up_of(imported(text))) == text


def test_a_file_has_its_sections_in_order_each_with_a_word_about_it() -> None:
    text = write(sample_halls.file("clinic").set_up)
    heads = ["# The set-up", "[hall]", "# ── Precedences", "# ── Services", "# ── Service points", "[[points]]"]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
    assert 'languages = ["en", "de", "ru", "ar"] # the first is the hall\'s own\n' in text
    assert 'day_starts = "04:00" # when numbers begin again\n' in text
    assert text.endswith("\n") and "\r" not in text


def test_the_hall_tells_all_its_fields_and_a_thing_only_what_is_not_as_usual() -> None:
    text = write(SetUp(hall=HallSettings(name="H"), precedences=(), services=(), points=()))
    assert all(f"\n{name} = " in text for name in HallSettings.__dataclass_fields__)
    assert "[[" not in text
    text = write(SetUp(hall=HallSettings(name="H"), services=(Service(id="a", name="A", prefix="A"),)))
    assert text.endswith('[[services]]\nid = "a"\nname = "A"\nprefix = "A"\n')


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip).filter(is_name)
WORDS = NAMES | st.dictionaries(st.sampled_from(("en", "de", "pt-BR")), NAMES, min_size=1)


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), max_size=5), WORDS, st.times())
def test_whatever_a_hall_is_called_comes_back_to_the_byte(things: list[Any], name: Any, starts: time) -> None:
    names = tuple(f"s{at}" for at in range(len(things)))
    set_up = SetUp(
        hall=HallSettings(name=name, languages=("de", "en"), day_starts=starts),
        precedences=(Precedence(id="p", name=name, allowance=3),),
        services=tuple(
            Service(id=f"s{at}", name=one, description=two, on=on, prefix=f"{at}", place=at)
            for at, (one, two, on) in enumerate(things)
        ),
        points=(ServicePoint(id="1", serial_number=1, name=name, services=names),),
    )
    text = write(set_up)
    hall = imported(text)
    assert set_up_of(hall) == set_up
    assert write(set_up_of(hall)) == text


# ── place_and_reason others may add ──


@dataclass(frozen=True, kw_only=True)
class Span:
    day: str
    starts: time
    ends: time = time(17)


@dataclass(frozen=True, kw_only=True)
class Wide(HallSettings):
    """Hall settings with fields of every type a newer version may bring."""

    hours: tuple[Span, ...] = ()
    closed: tuple[date, ...] = ()
    since: date | None = None
    limit: int | None = None
    notes: tuple[str, ...] = ()


def test_fields_of_any_kind_are_written_and_read_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = tuple(Span(day=day, starts=time(8, 30)) for day in ("monday", "tuesday", "wednesday"))
    hall = Wide(
        name="H",
        hours=(*spans, Span(day="friday", starts=time(9), ends=time(12, 15, 30))),
        closed=(date(2026, 12, 25),),
        limit=5,
        notes=("a", "b"),
    )
    text = write(SetUp(hall=hall))
    assert '    {day = "monday", starts = "08:30"},\n' in text
    assert "\nsince" not in text
    monkeypatch.setattr("shared.set_up_file.reader.HallSettings", Wide)
    assert read(text.encode(), "x").set_up.hall == hall
    for wrong, says in [
        ('starts = "09:00"', "hall.hours[3].starts: A time of day like 08:30 is needed."),
        ("limit = 5", "hall.limit: A whole number is needed here."),
        ('closed = ["2026-12-25"]', "hall.closed[0]: A date like 2026-11-22 is needed."),
    ]:
        spoilt = text.replace(wrong, wrong.split(" = ")[0] + (' = ["x"]' if "[" in wrong else ' = "x"'))
        with pytest.raises(Invalid) as raised:
            read(spoilt.encode(), "x")
        assert place_and_reason(raised.value, raised.value.detail) == says


def test_words_stand_in_the_order_of_the_halls_languages() -> None:
    hall = HallSettings(name={"en": "Clinic", "fr": "C", "de": "Klinik"}, languages=("de", "en"))
    assert 'name = {de = "Klinik", en = "Clinic", fr = "C"}' in write(SetUp(hall=hall))
    same = replace(hall, name={"de": "Klinik", "fr": "C", "en": "Clinic"})
    assert write(SetUp(hall=same)) == write(SetUp(hall=hall))
