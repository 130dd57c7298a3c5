"""What a notebook keeps of a session when a program runs it: nbclient and a real kernel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from unittest import mock

import nbformat
import pytest
from nbclient import NotebookClient

from qsession.render.mimebundle import SESSION_VIEW
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SHOW = """
from qiskit import QuantumCircuit
from qsession import Session, dashboard
flipped = QuantumCircuit(1)
flipped.x(0)
flipped.measure_all()
session = Session("aer_simulator", name="kept")
session
"""
RUN = "session.run(flipped).result(); None"


def run(cells: Sequence[str], **variables: str) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "python3", "language": "python"}
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    client = NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3")
    client.execute(env={**os.environ, **variables})
    return notebook


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    cells = [SHOW, RUN, "display(session)", "dashboard()", f"{RUN}\nsession.close()"]
    home: Path = tmp_path_factory.mktemp("home")
    with mock.patch.dict(os.environ, {"QSESSION_HOME": str(home)}):
        return run(cells)


def state_of(notebook: nbformat.NotebookNode, view: dict[str, Any]) -> dict[str, Any]:
    models = notebook.metadata.widgets[STATE]["state"]
    state: dict[str, Any] = models[view[LIVE_VIEW]["model_id"]]["state"]
    return state


def test_each_display_has_the_last_picture_and_beside_it_the_view(kept: nbformat.NotebookNode):
    for cell in (kept.cells[0], kept.cells[2]):
        picture, view = (output.data for output in cell.outputs)
        assert set(picture) == {"text/plain", "text/html"}
        assert "Closed" in picture["text/plain"]
        assert picture["text/html"].count("● Done") == 2
        assert set(view) == {LIVE_VIEW, SESSION_VIEW, "text/plain"}
        assert view["text/plain"] == ""


def test_the_view_has_the_last_state_and_hides_the_picture(kept: nbformat.NotebookNode):
    picture, view = (output.data for output in kept.cells[0].outputs)
    state = state_of(kept, view)
    assert state["head"]["state"] == "closed"
    assert len(state["rows"]) == 2
    assert f'<div class="{state["picture"]}">' in picture["text/html"]
    (again, _) = (output.data for output in kept.cells[2].outputs)
    assert again["text/html"] == picture["text/html"]


def test_the_list_of_sessions_is_kept_likewise(kept: nbformat.NotebookNode):
    picture, box = (output.data for output in kept.cells[3].outputs)
    assert "No open sessions" in picture["text/html"]
    (child,) = state_of(kept, box)["children"]
    state = kept.metadata.widgets[STATE]["state"][child.removeprefix("IPY_MODEL_")]["state"]
    assert state["overview"]["entries"] == []
    assert f'<div class="{state["picture"]}">' in picture["text/html"]


def test_what_cannot_be_renewed_fails_no_cell():
    spoiled = "def fail():\n    raise OSError('no disk')\nsession.to_html = fail"
    notebook = run([SHOW, spoiled, "'goes on'"], QSESSION_LEDGER="off")
    assert notebook.cells[2].outputs[0].data["text/plain"] == "'goes on'"


@pytest.mark.parametrize(
    "variables", [{"SERVER_SOFTWARE": "voila/0.5.13"}, {"VOILA_PREHEAT": "True"}], ids=str
)
def test_voila_shows_the_live_view_as_a_page_does(variables: dict[str, str]):
    notebook = run([SHOW, RUN], QSESSION_LEDGER="off", **variables)
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "execute_result"
    assert {LIVE_VIEW, "text/html", "text/plain"} < set(output.data)
