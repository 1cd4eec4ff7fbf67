"""How many histories a run generates, and the clinic every test begins with."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.hall import builders

LONG = "long"
"""``HYPOTHESIS_PROFILE=long pytest tests/hall/test_histories.py``: three quarters of an hour, before a release."""

# A test machine may stall: a deadline for one example would measure the machine. Histories are long by intent.
settings.register_profile("short", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(LONG, parent=settings.get_profile("short"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ten thousand histories take longer than the limit for one test."""
    if os.environ.get("HYPOTHESIS_PROFILE") == LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture
def clinic() -> builders.Clinic:
    return builders.clinic()
