"""A number says its unit and its clock: by its type, or in the line below it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tests.test_house import HOUSE, files

VALUES = ("shared", "kiosk", "display", "console")

UNITS = re.compile(r"\b(millimetres|pixels|bytes)\b", re.IGNORECASE)

SEQ = "seq"
"""The sequence number of an event in its hall, wherever it is."""


def is_bare(annotation: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in ("int", "float") for node in ast.walk(annotation))


def is_value(node: ast.ClassDef) -> bool:
    """Whether it is a dataclass or a named tuple."""
    made = (ast.unparse(part).partition("(")[0] for part in (*node.decorator_list, *node.bases))
    return not {"dataclass", "NamedTuple"}.isdisjoint(made)


def numbers(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Every number without a unit of its own in a value, and whether a line in the class says what it is."""
    for value in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and is_value(node)):
        texts = " ".join(ast.unparse(part) for part in ast.walk(value) if isinstance(part, ast.Expr))
        for field, below in pairwise([*value.body, ast.Pass()]):
            if isinstance(field, ast.AnnAssign) and is_bare(field.annotation):
                name = ast.unparse(field.target)
                meant = isinstance(field.value, ast.Call) and ast.unparse(field.value.func) == "meaning"
                below_it = isinstance(below, ast.Expr) or name == SEQ or meant
                is_said = below_it or bool(UNITS.search(texts) or re.search(rf"\b{name}\b", texts))
                yield f"{value.name}.{name}", is_said


def test_every_number_of_a_value_says_what_it_counts() -> None:
    found = [
        (str(file.relative_to(HOUSE)), *number)
        for file in files(".py", rooms=VALUES)
        for number in numbers(ast.parse(file.read_text("utf-8")))
    ]
    assert len(found) > 50, "it has looked at the values"
    assert [(file, name) for file, name, is_said in found if not is_said] == []


def test_a_number_that_says_nothing_would_be_seen() -> None:
    source = """
@dataclass(frozen=True)
class Wait:
    \"\"\"``people``: how many.\"\"\"
    minutes: Minutes
    people: int
    points: int
    \"\"\"How many.\"\"\"
    length: float | None = None
"""
    assert dict(numbers(ast.parse(source))) == {"Wait.people": True, "Wait.points": True, "Wait.length": False}
