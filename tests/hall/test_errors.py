"""Failures: their names on the wire, and their sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.hall.errors import Failure, NotNow, PointHasTicket, Refused, TicketNotWaiting, Unfit, Unreachable, kebab


def tree(kind: type[Failure]) -> Iterator[type[Failure]]:
    for below in kind.__subclasses__():
        if below.__module__ == "shared.hall.errors":
            yield below
            yield from tree(below)


REFUSALS = list(tree(Refused))


@pytest.mark.parametrize(
    ("name", "written"),
    [("CallNext", "call-next"), ("MarkNoShow", "mark-no-show"), ("Recall", "recall"), ("UndoLast", "undo-last")],
)
def test_names_are_written_in_kebab_case(name: str, written: str) -> None:
    assert kebab(name) == written


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.type_name())
def test_a_refusal_arrives_by_its_name_with_all_it_says(kind: type[Refused]) -> None:
    arrived = Refused.of_type(kind.type_name(), kind.status, "No.", ticket="x")
    assert (type(arrived), arrived.detail, arrived.about, str(arrived)) == (kind, "No.", {"ticket": "x"}, "No.")


def test_the_placeholders_of_a_sentence_are_filled_in_any_language() -> None:
    refused = TicketNotWaiting("{label} is not waiting.", label="A{label}")
    assert (refused.detail, str(refused)) == ("A{label} is not waiting.",) * 2, "values are not filled in again"
    assert refused.filled("{label} wartet nicht.") == "A{label} wartet nicht."
    assert refused.more(line="4").detail == refused.detail
    assert refused.filled("{nothing} {0} {label.__class__}") == "{nothing} {0} {label.__class__}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "malformed"),
        (401, "not-signed-in"),
        (403, "not-allowed"),
        (404, "unknown"),
        (409, "not-now"),
        (413, "too-large"),
        (422, "invalid"),
        (429, "too-often"),
        (418, "not-now"),
    ],
)
def test_a_refusal_of_a_newer_version_keeps_its_kind(status: int, kind: str) -> None:
    assert Refused.of_type("too-many-songs", status, "No.").type_name() == kind


def test_names_are_told_apart() -> None:
    assert len({kind.type_name() for kind in REFUSALS}) == len(REFUSALS)


def test_what_the_state_of_the_hall_does_not_allow_is_a_conflict() -> None:
    assert issubclass(PointHasTicket, NotNow) and issubclass(TicketNotWaiting, NotNow)
    assert (PointHasTicket.status, PointHasTicket.type_name()) == (409, "point-has-ticket")


def test_three_kinds_of_failure_and_no_more() -> None:
    assert set(Failure.__subclasses__()) == {Refused, Unreachable, Unfit}
