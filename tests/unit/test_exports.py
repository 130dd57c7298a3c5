"""What `qsession` exports, and what loading it does not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import qsession

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("qiskit", "qiskit_aer", "qiskit_ibm_runtime", "traitlets", "anywidget", "numpy")


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a new Python has loaded after the statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_every_exported_name_can_be_imported():
    for name in qsession.__all__:
        assert getattr(qsession, name).__name__ == name


def test_the_exported_names_are_sorted_and_appear_once():
    assert qsession.__all__ == sorted(set(qsession.__all__))


def test_star_import_gives_the_exported_names():
    names: dict[str, object] = {}
    exec("from qsession import *", names)  # noqa: S102 - a test of this very statement
    assert set(names) - {"__builtins__"} == set(qsession.__all__)


def test_dir_lists_the_exported_names():
    assert set(qsession.__all__) <= set(dir(qsession))


def test_a_class_is_the_same_however_it_is_reached():
    from qsession.model.states import JobStatus

    assert qsession.JobStatus is JobStatus


def test_a_name_that_is_not_exported_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'qsession' has no attribute 'Sesion'"):
        qsession.Sesion  # noqa: B018 - looking it up is the test


def test_the_version_is_that_of_the_package():
    package = json.loads((REPOSITORY / "package.json").read_text())
    assert qsession.__version__ == package["version"]


def test_a_name_is_loaded_on_its_first_use():
    assert "qiskit_ibm_runtime" in loaded_by("import qsession; qsession.SessionEndedError")


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import qsession").isdisjoint(HEAVY)


def test_loading_the_magics_loads_neither_the_client_nor_aer():
    loaded = loaded_by("import qsession.magics")
    assert "IPython" in loaded
    assert loaded.isdisjoint({"qiskit", "qiskit_aer", "qiskit_ibm_runtime"})


def test_the_model_and_the_static_views_need_the_standard_library_only():
    modules = (
        "qsession.model.snapshot, qsession.render.text, qsession.render.html, qsession.testing"
    )
    loaded = loaded_by(f"import {modules}")
    assert loaded.isdisjoint({*HEAVY, "IPython"})
