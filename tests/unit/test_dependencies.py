"""What the package imports is what it says that it needs."""

from __future__ import annotations

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import qsession

SOURCES = sorted(Path(qsession.__file__).parent.rglob("*.py"))

BROUGHT_ALONG = {
    "distributed",  # a cluster that somebody uses
    "jupyter-server",  # loads our extension, and is there then
    "pandas",  # only to make a table of pandas'
    "samplomatic",  # a part of IBM's client
    "tornado",  # as jupyter-server
}
NEVER_IMPORTED = {"ipykernel"}
"""Declared for its version alone: it runs the cells in which the package is used."""


def imported_names(source: Path) -> set[str]:
    """The top-level names that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Import():
                names |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom(level=0, module=str(module)):
                names.add(module.partition(".")[0])
            case ast.Call(
                func=ast.Name(id="import_module"), args=[ast.Constant(value=str(module)), *_]
            ):
                names.add(module.partition(".")[0])
    return names


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_that_is_imported_is_declared_and_the_other_way_round():
    owners = metadata.packages_distributions()
    names = set().union(*(imported_names(source) for source in SOURCES))
    foreign = names - set(sys.stdlib_module_names) - {"qsession"}
    imported = {normalised(owners[name][0]) for name in foreign if name in owners}
    declared = {
        normalised(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
        for requirement in metadata.requires("qsession") or ()
        if "extra ==" not in requirement
    }
    assert imported - BROUGHT_ALONG == declared - NEVER_IMPORTED
