"""Imports go one way through the layers that ARCHITECTURE.md draws."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"

LAYERS = (
    ("qsession.forks", "qsession.printing"),
    ("qsession.redaction",),
    ("qsession.errors",),
    ("qsession.model",),
    ("qsession.clock", "qsession.threads", "qsession.client_errors", "qsession.configuration"),
    ("qsession.testing", "qsession.compat"),
    ("qsession.render",),
    ("qsession.circuits",),
    ("qsession.devices", "qsession.forecast"),
    ("qsession.simulator",),
    ("qsession.ledger",),
    ("qsession.engines",),
    ("qsession.records", "qsession.comparing"),
    ("qsession.session",),
    ("qsession.widget",),
    (
        "qsession.provider",
        "qsession.listing",
        "qsession.session_info",
        "qsession.opened_records",
        "qsession.dashboards",
        "qsession.magics",
    ),
    ("qsession.cli", "qsession.server"),
    ("qsession",),
)
"""From the ground up; a module may import from its own layer and from those below."""

AGAINST_THE_DIRECTION = {("qsession.session.display", "qsession.widget")}
"""Only when it is asked for: scripts need no widgets."""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")


def layer_of(module: str) -> int:
    while True:
        for height, layer in enumerate(LAYERS):
            if module in layer:
                return height
        module = module.rpartition(".")[0]


def imports(path: Path) -> list[str]:
    """The modules of ours that a file imports when it runs, not those for type checkers."""
    found: list[str] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "qsession":
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            if module == "qsession":
                found.extend(names)
            else:
                found.append(module)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text()))
    return found


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=module_name)
def test_a_module_imports_only_from_its_own_layer_and_below(path: Path) -> None:
    module = module_name(path)
    upward = [
        imported
        for imported in imports(path)
        if layer_of(imported) > layer_of(module) and (module, imported) not in AGAINST_THE_DIRECTION
    ]
    assert upward == []


def test_the_layers_name_every_module() -> None:
    named = {module for layer in LAYERS for module in layer}
    top = {".".join(module_name(path).split(".")[:2]) for path in SOURCES.rglob("*.py")}
    assert top == named
