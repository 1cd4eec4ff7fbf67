"""Opening, pausing and closing a service point."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.hall.errors import (
    Invalid,
    PointAlreadyActive,
    PointHasTicket,
    PointNotActive,
    PointNotPaused,
    UnknownPoint,
)
from shared.hall.field_limits import LONGEST_PAUSE
from shared.hall.messages import Command, Event
from shared.hall.points import (
    ActivatePoint,
    DeactivatePoint,
    PausePoint,
    PointActivated,
    PointDeactivated,
    PointPaused,
    PointResumed,
    ResumePoint,
)
from shared.hall.values import PointStatus
from tests.hall.builders import Clinic


def test_a_point_is_closed_until_somebody_opens_it(clinic: Clinic) -> None:
    assert clinic.point("1").status is PointStatus.INACTIVE
    told = clinic.do(ActivatePoint(point="1"))
    assert told == {"point": clinic.point("1")}
    assert told["point"].status is PointStatus.ACTIVE


def test_a_point_pauses_and_goes_on(clinic: Clinic) -> None:
    clinic.open("1")
    paused = clinic.do(PausePoint(point="1"))["point"]
    assert paused.status is PointStatus.PAUSED
    resumed = clinic.do(ResumePoint(point="1"))["point"]
    assert resumed.status is PointStatus.ACTIVE


@pytest.mark.parametrize("paused", [True, False], ids=["from a pause", "at work"])
def test_a_point_closes(clinic: Clinic, paused: bool) -> None:
    clinic.open("1")
    if paused:
        clinic.do(PausePoint(point="1"))
    told = clinic.do(DeactivatePoint(point="1"))
    assert told == {"point": clinic.point("1")}
    assert told["point"].status is PointStatus.INACTIVE


def test_each_is_one_event(clinic: Clinic) -> None:
    expected: list[tuple[Command, type[Event]]] = [
        (ActivatePoint(point="1"), PointActivated),
        (PausePoint(point="1"), PointPaused),
        (ResumePoint(point="1"), PointResumed),
        (DeactivatePoint(point="1"), PointDeactivated),
    ]
    for command, event in expected:
        assert [type(happened) for happened in clinic.happens(command)] == [event]


def test_an_open_or_paused_point_cannot_be_opened(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.refuses(ActivatePoint(point="1"), PointAlreadyActive)
    clinic.do(PausePoint(point="1"))
    clinic.refuses(ActivatePoint(point="1"), PointAlreadyActive)


def test_only_an_active_point_can_pause(clinic: Clinic) -> None:
    clinic.refuses(PausePoint(point="1"), PointNotActive)
    clinic.open("1")
    clinic.do(PausePoint(point="1"))
    clinic.refuses(PausePoint(point="1"), PointNotActive)


def test_a_pause_may_say_when_it_is_meant_to_end_and_does_not_end_by_itself(clinic: Clinic) -> None:
    clinic.open("1")
    assert clinic.do(PausePoint(point="1"))["point"].back_at is None
    told = clinic.do(PausePoint(point="1", minutes=15))["point"]
    assert told.back_at == clinic.now.wall + timedelta(minutes=15)
    clinic.pass_time(minutes=20)
    clinic.take()
    assert clinic.point("1").status is PointStatus.PAUSED
    later = clinic.do(PausePoint(point="1", minutes=5))["point"]
    assert later.back_at == clinic.now.wall + timedelta(minutes=5)


@pytest.mark.parametrize("kind", [ResumePoint, DeactivatePoint])
def test_after_a_pause_nothing_is_left_of_its_end(clinic: Clinic, kind: type[ResumePoint | DeactivatePoint]) -> None:
    clinic.open("1")
    clinic.do(PausePoint(point="1", minutes=15))
    said = clinic.point("1").back_at
    clinic.do(kind(point="1"))
    assert clinic.point("1").back_at is None
    clinic.undo()
    assert clinic.point("1").back_at == said


def test_a_changed_end_of_a_pause_is_taken_back_alone(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.do(PausePoint(point="1", minutes=15))
    said = clinic.point("1").back_at
    clinic.do(PausePoint(point="1", minutes=60))
    clinic.undo()
    assert clinic.point("1").status is PointStatus.PAUSED and clinic.point("1").back_at == said


@pytest.mark.parametrize("minutes", [-1, LONGEST_PAUSE + 1])
def test_no_pause_is_longer_than_a_working_day(clinic: Clinic, minutes: int) -> None:
    clinic.open("1")
    assert clinic.refuses(PausePoint(point="1", minutes=minutes), Invalid).about["field"] == "minutes"


def test_only_a_paused_point_can_go_on(clinic: Clinic) -> None:
    clinic.refuses(ResumePoint(point="1"), PointNotPaused)
    clinic.open("1")
    clinic.refuses(ResumePoint(point="1"), PointNotPaused)


def test_a_closed_point_cannot_be_closed(clinic: Clinic) -> None:
    clinic.refuses(DeactivatePoint(point="1"), PointNotActive)


@pytest.mark.parametrize("kind", [PausePoint, DeactivatePoint])
def test_a_point_neither_pauses_nor_closes_with_a_customer_there(
    clinic: Clinic, kind: type[PausePoint | DeactivatePoint]
) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.call("1")
    refused = clinic.refuses(kind(point="1"), PointHasTicket)
    assert refused.about == {"point": "1", "ticket": ticket.id, "label": "A001"}


@pytest.mark.parametrize("kind", [ActivatePoint, PausePoint, ResumePoint, DeactivatePoint])
def test_an_unknown_point_is_refused(clinic: Clinic, kind: type[ActivatePoint]) -> None:
    clinic.refuses(kind(point="9"), UnknownPoint)
