"""On which line of a TOML file each of its values stands: the standard library's reader keeps that to itself."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
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


def lines_of(text: str) -> dict[Path, int]:
    """The line of everything in a file the standard library could read; lines count from 1."""
    return _Scan(text).lines


def line_at(lines: dict[Path, int], path: Path) -> int | None:
    """The line of what is there, else of the nearest thing it is in."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


class _Scan:
    def __init__(self, text: str) -> None:
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.tokens = [(found[0], bisect_right(starts, found.start())) for found in TOKEN.finditer(text)]
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        """How many tables each list has so far."""
        table: Path = ()
        while self.at < len(self.tokens):
            if self.seen("["):
                table = self.header()
            elif self.is_over():
                self.at += 1
            else:
                self.pair(table)

    # ── tokens ──

    @property
    def word(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "\n"

    @property
    def line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)][1]

    def is_over(self) -> bool:
        """Whether nothing more of a value stands on this line."""
        return self.word == "\n" or self.word.startswith("#")

    def seen(self, word: str) -> bool:
        """Whether this comes next; then it is passed."""
        found = self.word == word
        self.at += found
        return found

    def pass_empty(self) -> None:
        while self.at < len(self.tokens) and self.is_over():
            self.at += 1

    # ── what stands in a file ──

    def header(self) -> Path:
        """``[hall]`` or ``[[services]]``: the path of the table that begins here."""
        line, listed = self.line, self.seen("[")
        *outer, name = self.key()
        path: Path = ()
        for part in outer:
            path = self._newest((*path, part))
        path = (*path, name)
        self.lines.setdefault(path, line)
        if listed:
            self.counts[path] = self.counts.get(path, 0) + 1
            path = self._newest(path)
            self.lines[path] = line
        self.at += 1 + listed
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def key(self) -> list[str]:
        """``name``, ``name.en`` or ``"name"``: its parts."""
        parts = [self._name()]
        while self.seen("."):
            parts.append(self._name())
        return parts

    def _name(self) -> str:
        word = self.word
        self.at += 1
        return str(ast.literal_eval(word)) if word[0] in "\"'" else word

    def pair(self, table: Path) -> None:
        line = self.line
        path = table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.seen("=")
        self.value(path)

    def value(self, path: Path) -> None:
        if self.seen("["):
            self.items(path)
        elif self.seen("{"):
            self.pairs(path)
        else:
            while not self.is_over() and self.word not in ("]", "}", ","):
                self.at += 1

    def items(self, path: Path) -> None:
        number = 0
        self.pass_empty()
        while self.at < len(self.tokens) and not self.seen("]"):
            self.lines[*path, number] = self.line
            self.value((*path, number))
            number += 1
            self._next()

    def pairs(self, path: Path) -> None:
        self.pass_empty()
        while self.at < len(self.tokens) and not self.seen("}"):
            self.pair(path)
            self._next()

    def _next(self) -> None:
        self.pass_empty()
        self.seen(",")
        self.pass_empty()
