"""An import contract that import-linter lacks: packages that import the standard library alone."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryContract(Contract):
    """No module of ``rooms`` imports anything but the standard library, its own package, and ``besides``."""

    type_name = "standard_library"

    rooms = fields.ListField(subfield=fields.StringField())
    besides = fields.ListField(subfield=fields.StringField(), default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rooms: list[str] = self.rooms  # type: ignore[assignment]  # a field is its value once it is read
        besides: list[str] = self.besides  # type: ignore[assignment]  # as above
        known = {module for room in besides for module in (room, *graph.find_descendants(room))}
        foreign = [step for room in rooms for step in _foreign(graph, room, known)]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["foreign"]:
            output.print_error(f"{importer} imports {imported}")


def _foreign(graph: ImportGraph, room: str, known: set[str]) -> list[tuple[str, str]]:
    modules = {room, *graph.find_descendants(room)}
    return sorted(
        (importer, imported)
        for importer in modules
        for imported in graph.find_modules_directly_imported_by(importer) - modules - known
        if imported.partition(".")[0] not in sys.stdlib_module_names
    )
