"""A newer station works with an older backend: fields at their defaults are not sent."""

from __future__ import annotations

from contextlib import closing

import pytest

from shared.hall.errors import Invalid, UnknownCommand
from shared.hall.points import ActivatePoint
from shared.hall.shifts import TakePoint
from shared.hall.values import PointStatus
from shared.link.http_link import HttpLink
from shared.requests.devices import ReportState
from tests.memory_link import MemoryLink, clinic
from tests.older_backend import older_backend


def test_a_field_that_says_nothing_is_not_sent() -> None:
    with older_backend(MemoryLink(clinic())) as there, closing(HttpLink(there.base, "clinic")) as link:
        assert link.do(ActivatePoint(point="1")).result["point"]["status"] == PointStatus.ACTIVE
        link.request(ReportState(version="1.0.0", paper="ok"))
        assert there.reports == [{"version": "1.0.0", "paper": "ok"}]


def test_a_field_that_says_something_is_sent_and_refused_where_nobody_knows_it() -> None:
    with older_backend(MemoryLink(clinic())) as there, closing(HttpLink(there.base, "clinic")) as link:
        with pytest.raises(Invalid, match="'shift'"):
            link.do(ActivatePoint(point="1", shift=1))
        with pytest.raises(UnknownCommand):
            link.do(TakePoint(point="1", shift=0, console="c-1"))
