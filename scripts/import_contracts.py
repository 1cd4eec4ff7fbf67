"""An import contract that import-linter lacks: packages that import the standard library alone."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryContract(Contract):
    """No module of ``rooms`` imports anything but the standard library and its own package."""

    type_name = "standard_library"

    rooms = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rooms: list[str] = self.rooms  # type: ignore[assignment]  # a field is its value once it is read
        foreign = [step for room in rooms for step in _foreign(graph, room)]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["foreign"]:
            output.print_error(f"{importer} imports {imported}")


def _foreign(graph: ImportGraph, room: str) -> list[tuple[str, str]]:
    modules = {room, *graph.find_descendants(room)}
    return sorted(
        (importer, imported)
        for importer in modules
        for imported in graph.find_modules_directly_imported_by(importer) - modules
        if imported.partition(".")[0] not in sys.stdlib_module_names
    )
