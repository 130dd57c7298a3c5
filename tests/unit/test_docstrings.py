"""Docstrings begin with what a thing does or is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"

INDIRECT = re.compile(r"(What|How|Whether|Who|Where|Which|When)\b")


def indirect_docstrings(source: str) -> list[str]:
    """The docstrings in a source text that begin with an indirect question."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    docstrings = [ast.get_docstring(node) or "" for node in nodes]
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

class Session:
    """A session."""

    def close(self):
        """What ends it."""
'''
    assert indirect_docstrings(source) == ["How it is.", "What ends it."]
