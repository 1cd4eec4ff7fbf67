"""Fuzzing: whatever is sent to the API is answered as described, never by a bug, never without authentication."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from shared.backend.halls import database_administration
from shared.hall.roles import Role
from tests.backends import PASSWORD, Premises

EXAMPLES = int(os.environ.get("FUZZ", "6"))
"""For each operation; many more with ``make fuzz``."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a backend of its own, which the tests change at random, and an administrator's token."""
    there = Premises(tmp_path_factory.mktemp("premises"))
    with database_administration.opened(there.database) as opened:
        opened.accounts.people.add("fuzz", PASSWORD, Role.ADMINISTRATOR)
        token = opened.accounts.sessions.sign_in("fuzz", PASSWORD, "here").token
    there.serve()
    yield there.base, token
    there.stop()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_described(target: tuple[str, str], mode: GenerationMode) -> None:
    """All but the endless event stream, and the end of the session that sends the requests."""
    base, token = target
    described = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json")
    for found in described.exclude(path_regex="/events$|/sessions/current$").get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def tried(case: Any) -> None:
            if mode is GenerationMode.POSITIVE and "hall" in (case.path_parameters or {}):
                case.path_parameters["hall"] = "clinic"
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS, timeout=10)

        with suppress(Unsatisfiable):  # an operation without input has no invalid form
            tried()
