"""Opening hours as people write them: what they mean, and what is refused."""

from __future__ import annotations

import pytest

from shared.hall.errors import Invalid
from shared.hall.hours_grammar import MIDNIGHT, Span, spans, week

NINE_TO_FIVE = Span(9 * 60, 17 * 60)


def by_day(*hours: str) -> dict[int, list[tuple[int, int]]]:
    return {number: [*map(tuple, day)] for number, day in enumerate(week(hours)) if day}


def test_no_hours_are_every_hour() -> None:
    assert week(()) == ((Span(0, MIDNIGHT),),) * 7


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("mon 09:00-17:00",), {0: [NINE_TO_FIVE]}),
        (("MON 09:00-17:00 ",), {0: [NINE_TO_FIVE]}),
        (("mon-wed 09:00-17:00",), {key: [NINE_TO_FIVE] for key in range(3)}),
        (("sat-mon 09:00-17:00",), {key: [NINE_TO_FIVE] for key in (0, 5, 6)}),
        (("mon,wed-thu,sun 09:00-17:00",), {key: [NINE_TO_FIVE] for key in (0, 2, 3, 6)}),
        (("mon 13:00-17:00, 08:00-12:00",), {0: [(480, 720), (780, 1020)]}),
        (("mon 13:00-17:00 08:00-12:00",), {0: [(480, 720), (780, 1020)]}),
        (("mon 08:00-12:00", "mon 13:00-17:00"), {0: [(480, 720), (780, 1020)]}),
        (("fri 22:00-02:00",), {4: [(22 * 60, 26 * 60)]}),
        (("fri 22:00-00:00",), {4: [(22 * 60, 24 * 60)]}),
        (("mon-sun 00:00-24:00",), {key: [(0, MIDNIGHT)] for key in range(7)}),
        (("fri 22:00-02:00", "sat 02:00-04:00"), {4: [(22 * 60, 26 * 60)], 5: [(120, 240)]}),
    ],
)
def test_hours_mean_what_they_say(written: tuple[str, ...], meant: dict[int, list[tuple[int, int]]]) -> None:
    assert by_day(*written) == meant


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (("monday 09:00-17:00",), "“monday 09:00-17:00”: A day is one of"),
        (("mon- 09:00-17:00",), "A day is one of"),
        (("mon-tue-wed 09:00-17:00",), "A day is one of"),
        ((", 09:00-17:00",), "A day is one of"),
        (("09:00-17:00",), "Opening hours are days and times"),
        (("mon",), "Opening hours are days and times"),
        (("",), "Opening hours are days and times"),
        (("mon 9:00-17:00",), "written like 08:00-12:00"),
        (("mon 09:00-25:00",), "written like 08:00-12:00"),
        (("mon 24:00-08:00",), "written like 08:00-12:00"),
        (("mon 09:00–17:00",), "written like 08:00-12:00"),
        (("mon 09:00-17:00,",), "written like 08:00-12:00"),
        (("mon 09:60-17:00",), "written like 08:00-12:00"),
        (("mon 09:00-09:00",), "“mon 09:00-09:00”: A span of time that ends when it begins is empty"),
        (("mon 08:00-12:00", "mon-fri 11:59-13:00"), "“mon-fri 11:59-13:00”: These times overlap"),
        (("mon 08:00-12:00", "mon 08:00-12:00"), "overlap"),
        (("mon,mon 08:00-12:00",), "overlap"),
        (("mon 08:00-12:00, 10:00-11:00",), "overlap"),
        (("fri 22:00-02:00", "sat 01:00-03:00"), "“sat 01:00-03:00”: These times overlap"),
        (("sun 22:00-02:00", "mon 01:00-03:00"), "“mon 01:00-03:00”: These times overlap"),
        (("mon-sun 20:00-20:30, 20:15-21:00",), "overlap"),
    ],
)
def test_what_cannot_be_is_refused_with_the_piece(written: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        week(written)
    assert refused.value.about["piece"] in written


def test_the_hours_of_one_date_name_no_day() -> None:
    assert spans(("08:00-12:00", "13:00-14:00, 22:00-02:00")) == ((480, 720), (780, 840), (1320, 1560))
    assert spans(()) == ()
    for wrong in (("mon 08:00-12:00",), ("08:00-12:00", "11:00-13:00"), ("22:00-22:00",)):
        with pytest.raises(Invalid):
            spans(wrong)
