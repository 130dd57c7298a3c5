"""Docstrings begin with what a thing does or is."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"

INDIRECT = re.compile(r"(What|How|Whether|Who|Where|Which|When)\b")


def notes_of_constants(source: str) -> list[str]:
    """The texts behind assignments, which documentation takes for their docstrings."""
    found = []
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", [])
        for before, note in pairwise(body if isinstance(body, list) else []):
            if not isinstance(before, ast.Assign | ast.AnnAssign) or not isinstance(note, ast.Expr):
                continue
            if isinstance(note.value, ast.Constant) and isinstance(note.value.value, str):
                found.append(note.value.value)
    return found


def indirect_docstrings(source: str) -> list[str]:
    """The docstrings in a source text that begin with an indirect question."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    docstrings = [ast.get_docstring(node) or "" for node in nodes]
    docstrings += notes_of_constants(source)
    return [docstring for docstring in docstrings if INDIRECT.match(docstring)]


def test_no_docstring_begins_with_an_indirect_question() -> None:
    found = {
        str(path.relative_to(SOURCES)): docstrings
        for path in sorted(SOURCES.rglob("*.py"))
        if (docstrings := indirect_docstrings(path.read_text("utf-8")))
    }
    assert found == {}


def test_an_indirect_question_is_found_wherever_it_stands() -> None:
    source = '''
"""How it is."""

LIMIT = 3
"""How many there may be."""

class Session:
    """A session."""

    def close(self):
        """What ends it."""
'''
    assert indirect_docstrings(source) == ["How it is.", "What ends it.", "How many there may be."]
