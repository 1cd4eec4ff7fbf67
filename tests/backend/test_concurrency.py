"""Four programs on one database at once: every number is given once, every customer is called once."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.backends import DATABASES, Premises, begin_code, new_database, nowserving

PROCESSES, TICKETS = 4, 80
SERVICE, POINTS = "registration", ("1", "2", "1", "2")
"""Two pairs of programs fight over one service point each."""

PROGRAM = """
import json, sys
from shared.hall.calling import CallNext
from shared.hall.errors import Refused
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.link.connect import connect

address, point, tickets = sys.argv[1], sys.argv[2], int(sys.argv[3])
station = connect(address, role=Role.CONSOLE).sign_in("admin", "a-good-password")[0]
print("ready", flush=True)
sys.stdin.read()  # until the gate is open
labels, called = [], []

def call():
    try:
        answer = station.do(CallNext(point=point, holding=station.snapshot().points[point].ticket))
        called.extend([answer.result["ticket"]["label"]] if answer.result["ticket"] else [])
    except Refused:  # the other program at this point was quicker
        pass

for number in range(tickets):
    labels.append(station.do(IssueTicket(service="registration")).result["ticket"]["label"])
    call()
while station.snapshot().waiting("registration"):
    call()
station.close()
print(json.dumps([labels, called]))
"""


@pytest.mark.parametrize("kind", DATABASES)
def test_four_processes_never_give_a_number_or_call_a_customer_twice(tmp_path: Path, kind: str) -> None:
    premises = Premises(tmp_path, database=new_database(kind, tmp_path))
    _open_points(premises)
    gate, opened = os.pipe()
    with os.fdopen(gate) as closed:
        programs = [begin_code(PROGRAM, premises.database, point, str(TICKETS), stdin=closed) for point in POINTS]
    said = [program.stdout for program in programs if program.stdout]
    assert [out.readline() for out in said] == ["ready\n"] * PROCESSES
    os.close(opened)
    results = [json.loads(out.read()) for out in said]
    assert [program.wait(30) for program in programs] == [0] * PROCESSES
    for out in said:
        out.close()
    labels = Counter(label for issued, _ in results for label in issued)
    called = Counter(label for _, calls in results for label in calls)
    assert len(labels) == PROCESSES * TICKETS
    assert labels == called
    assert nowserving("check", "--database", premises.database).stdout == "Nothing is wrong.\n"


def _open_points(premises: Premises) -> None:
    from shared.hall.points import ActivatePoint
    from shared.hall.set_up import DefinePoint

    station = premises.admin("database")
    for point in sorted(set(POINTS)):
        hall = station.snapshot()
        assert hall.service(SERVICE)
        known = hall.points[point]
        station.do(DefinePoint(id=point, serial_number=known.serial_number, name=known.name, services=(SERVICE,)))
        station.do(ActivatePoint(point=point))
    assert station.snapshot().points[POINTS[0]].services == (SERVICE,)
    station.close()
