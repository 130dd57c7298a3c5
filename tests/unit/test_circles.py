"""No module imports itself by way of others, what is for type checkers alone included."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "src"
TYPESCRIPT = ROOT / "js" / "src"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PYTHON).with_suffix("").parts).removesuffix(".__init__")


def python_imports() -> dict[str, set[str]]:
    modules = {module_name(path): path for path in PYTHON.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        named: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                named |= (inner & modules.keys()) or {node.module}
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
        graph[module] = (named & modules.keys()) - {module}
    return graph


def typescript_imports() -> dict[str, set[str]]:
    return {
        path.relative_to(TYPESCRIPT).as_posix(): {
            (path.parent / f"{name}.ts").resolve().relative_to(TYPESCRIPT).as_posix()
            for name in re.findall(r'from "(\.{1,2}/[^"]+)";', path.read_text())
        }
        for path in TYPESCRIPT.rglob("*.ts")
    }


def require_no_circle(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_python_module_imports_in_a_circle():
    graph = python_imports()
    assert "qsession.session.core" in graph["qsession.session.session"]
    require_no_circle(graph)


def test_no_typescript_module_imports_in_a_circle():
    graph = typescript_imports()
    assert "wire/wire.ts" in graph["index.ts"] | graph["store/session-store.ts"]
    require_no_circle(graph)


def test_a_circle_is_told_in_order():
    with pytest.raises(pytest.fail.Exception, match=r"a imports b imports a|b imports a imports b"):
        require_no_circle({"a": {"b"}, "b": {"a"}})
