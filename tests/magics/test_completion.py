"""What Tab offers behind the magics, and that unloading takes all of it back."""

from __future__ import annotations

import warnings

import pytest

from tests.magics.notebook import Notebook


def offered(notebook: Notebook, line: str, *, jedi: bool = False) -> set[str]:
    """What Tab offers at the end of the line, asked for as a kernel asks."""
    notebook.shell.Completer.use_jedi = jedi
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IPython calls its own interface provisional
        found = list(notebook.shell.Completer.completions(line, len(line)))
    return {completion.text for completion in found}


@pytest.mark.parametrize("jedi", [False, True])
def test_options_are_completed(notebook: Notebook, jedi: bool):
    every = offered(notebook, "%%qsession --", jedi=jedi)
    assert {"--max-time", "--name", "--mode", "--shots", "--output", "--new", "--close",
            "--background", "--no-widget", "--on-interrupt"} <= every  # fmt: skip
    assert "--max-time" in offered(notebook, "%%qsession --max", jedi=jedi)
    assert "--name" not in offered(notebook, "%%qsession --max", jedi=jedi)


def test_an_option_is_offered_once(notebook: Notebook):
    assert "--new" not in offered(notebook, "%%qsession --new --n")


def test_choices_are_completed(notebook: Notebook):
    assert {"session", "batch"} <= offered(notebook, "%%qsession --mode ")
    assert offered(notebook, "%%qsession --on-interrupt c") >= {"cancel", "close"}


def test_names_are_completed(notebook: Notebook):
    notebook.run("%%qsession --name vqe --no-widget\npass")
    assert "vqe" in offered(notebook, "%%qsession --name v")
    assert "vqe" in offered(notebook, "%qsession close v")


def test_backends_of_the_notebook_are_completed(notebook: Notebook):
    notebook.run("from qiskit_aer import AerSimulator\nmy_backend = AerSimulator()")
    assert "my_backend" in offered(notebook, "%%qsession my")
    assert "aer_simulator" in offered(notebook, "%%qsession aer")


def test_commands_and_ids_are_completed(notebook: Notebook):
    assert {"list", "status", "jobs", "attach", "close", "cancel", "dashboard"} <= offered(
        notebook, "%qsession "
    )
    notebook.run("%%qsession --no-widget\nflipped();")
    session_id = notebook.session.session_id
    assert session_id in offered(notebook, f"%qsession attach {str(session_id)[:4]}")
    assert "--all" in offered(notebook, "%qsession close --")


def test_unloading_takes_everything_back(notebook: Notebook):
    notebook.run("%unload_ext qsession")
    manager = notebook.shell.magics_manager
    assert "qsession" not in manager.magics["line"]
    assert "qsession" not in manager.magics["cell"]
    assert not any("QSession" in name for name in manager.registry)
    assert not {"%qsession", "%%qsession"} & set(
        notebook.shell.strdispatchers["complete_command"].strs
    )
    assert "--max-time" not in offered(notebook, "%%qsession --")
    notebook.run("%load_ext qsession")
    notebook.run("%%qsession --no-widget\npass")
