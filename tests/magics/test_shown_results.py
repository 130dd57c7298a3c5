"""Results of Qiskit's classes where cells show them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from qsession.magics.shown_results import CLASSES
from tests.magics.notebook import Notebook

RUN = "session = qsession.Session('aer_simulator', new=True, name='shown')\n"


@pytest.fixture
def shown(notebook: Notebook) -> Notebook:
    notebook.run("import qsession\n" + RUN)
    return notebook


def forms(notebook: Notebook, expression: str) -> dict[str, str]:
    """What the last expression of a cell is shown as."""
    formatter: Any = notebook.shell.display_formatter
    formatted, _ = formatter.format(notebook.shell.ev(expression))
    return dict(formatted)


COUNTED = "session.run(flipped(), shots=8).result()"


def test_counts_are_shown_as_bars_in_text_and_html(shown: Notebook):
    found = forms(shown, COUNTED)
    assert found["text/plain"].splitlines() == [
        "register meas, 8 shots",
        "Outcome  Counts  Share",
        f"1        8       100.0%  {'█' * 24}",
    ]
    assert "<svg" in found["text/html"]
    assert '<td align="left">100.0%</td>' in found["text/html"]


def test_values_are_shown_with_their_errors(shown: Notebook):
    found = forms(shown, "session.run((rotation(), 'Z', [0.0]), precision=0.1).result()")
    assert "Standard error" in found["text/plain"]
    assert "●" in found["text/plain"]
    assert "<svg" in found["text/html"]


def test_one_pub_of_a_result_is_shown_likewise(shown: Notebook):
    assert forms(shown, COUNTED + "[0]") == forms(shown, COUNTED)


def test_the_older_results_are_shown_likewise(shown: Notebook):
    found = forms(shown, "session.run_circuits(flipped('mine'), shots=8).result()")
    assert found["text/plain"].startswith("register mine, 8 shots\n")
    assert "<svg" in found["text/html"]


def test_results_within_a_list_keep_their_own_text(shown: Notebook):
    text = forms(shown, f"[{COUNTED}]")["text/plain"]
    assert text.startswith("[PrimitiveResult([SamplerPubResult(")


def test_a_cell_whose_last_line_is_a_result_prints_it_in_a_terminal(shown: Notebook):
    assert "█" in shown.run(COUNTED).printed


def test_what_cannot_be_summed_up_keeps_its_own_text(shown: Notebook):
    shown.run("from qiskit.primitives import PrimitiveResult\nodd = PrimitiveResult([5])")
    found = forms(shown, "odd")
    assert found == {"text/plain": "PrimitiveResult([5], metadata={})"}


def test_a_users_own_way_to_show_them_is_kept(shell):
    formatter = shell.display_formatter.formatters["text/html"]

    def own(result: object) -> str:
        return "own"

    name = "qiskit.primitives.containers.primitive_result.PrimitiveResult"
    formatter.for_type(name, own)
    notebook = Notebook(shell)
    notebook.run("%load_ext qsession")
    assert formatter.lookup_by_type(name) is own
    notebook.run("%unload_ext qsession")
    assert formatter.lookup_by_type(name) is own


def test_without_the_extension_they_are_shown_as_qiskit_shows_them(shown: Notebook):
    shown.run("%unload_ext qsession")
    assert list(forms(shown, COUNTED)) == ["text/plain"]
    assert forms(shown, COUNTED)["text/plain"].startswith("PrimitiveResult(")


def test_the_extension_may_be_loaded_again(shown: Notebook):
    for _ in range(2):
        shown.run("%reload_ext qsession")
        assert "<svg" in forms(shown, COUNTED)["text/html"]


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_there_are_such_classes(module: str, name: str):
    assert isinstance(getattr(import_module(module), name), type)
