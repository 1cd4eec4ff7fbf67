"""The line of each value in a TOML file, which the standard library's parser does not tell."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value is: ``("services", 2, "prefix")``."""

TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}(?!")'''
    r"""|\'\'\'.*?\'{3,5}(?!\')"""
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|'[^'\n]*'"""
    r"""|\#[^\n]*"""
    r"""|\n|[\[\]{}=,.]|[^\s"'#\[\]{}=,.]+""",
    re.DOTALL,
)


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every value, table and list in a text that the standard library could parse."""
    return _Scan(text).lines


def line_at(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of the value at this path, else of the innermost table or list around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


class _Scan:  # one pass over the tokens of valid TOML
    def __init__(self, text: str) -> None:
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.tokens = [(found[0], bisect_right(starts, found.start())) for found in TOKEN.finditer(text)]
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}
        """How many tables each list has so far."""
        table: KeyPath = ()
        while self.at < len(self.tokens):
            if self.take("["):
                table = self.header()
            elif self.at_line_end():
                self.at += 1
            else:
                self.pair(table)

    # ── tokens ──

    @property
    def current(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "\n"

    @property
    def line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)][1]

    def at_line_end(self) -> bool:
        """Whether the line ends here, or a comment begins."""
        return self.current == "\n" or self.current.startswith("#")

    def take(self, token: str) -> bool:
        """Whether this token comes next; if so, consume it."""
        found = self.current == token
        self.at += found
        return found

    def skip_line_ends(self) -> None:
        while self.at < len(self.tokens) and self.at_line_end():
            self.at += 1

    # ── grammar ──

    def header(self) -> KeyPath:
        """``[hall]`` or ``[[services]]``: the path of the table that begins here."""
        line, is_list = self.line, self.take("[")
        *outer, name = self.key()
        path: KeyPath = ()
        for part in outer:
            path = self._newest((*path, part))
        path = (*path, name)
        self.lines.setdefault(path, line)
        if is_list:
            self.counts[path] = self.counts.get(path, 0) + 1
            path = self._newest(path)
            self.lines[path] = line
        self.at += 1 + is_list
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def key(self) -> list[str]:
        """``name``, ``name.en`` or ``"name"``: its parts."""
        parts = [self._name()]
        while self.take("."):
            parts.append(self._name())
        return parts

    def _name(self) -> str:
        token = self.current
        self.at += 1
        return str(ast.literal_eval(token)) if token[0] in "\"'" else token

    def pair(self, table: KeyPath) -> None:
        line = self.line
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.take("=")
        self.value(path)

    def value(self, path: KeyPath) -> None:
        if self.take("["):
            self.items(path)
        elif self.take("{"):
            self.pairs(path)
        else:
            while not self.at_line_end() and self.current not in ("]", "}", ","):
                self.at += 1

    def items(self, path: KeyPath) -> None:
        number = 0
        self.skip_line_ends()
        while self.at < len(self.tokens) and not self.take("]"):
            self.lines[*path, number] = self.line
            self.value((*path, number))
            number += 1
            self._next()

    def pairs(self, path: KeyPath) -> None:
        self.skip_line_ends()
        while self.at < len(self.tokens) and not self.take("}"):
            self.pair(path)
            self._next()

    def _next(self) -> None:
        self.skip_line_ends()
        self.take(",")
        self.skip_line_ends()
