"""Each notebook runs as a newcomer would run it, and is kept with its outputs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from tests.cloud.account import TOKEN
from tests.notebooks.running import NEEDS_AN_ACCOUNT, NOTEBOOKS, run

pytestmark = pytest.mark.notebooks


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def output_types(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Of each cell, without what libraries log, such as that a slow machine was asked again."""
    return [
        [output.output_type for output in cell.outputs if output.get("name") != "stderr"]
        for cell in code_cells(notebook)
    ]


def test_there_are_a_quickstart_one_for_clusters_and_one_for_each_account() -> None:
    assert {"quickstart", "scaling-out", *NEEDS_AN_ACCOUNT} <= {path.stem for path in NOTEBOOKS}


# IPython's own warnings about its transport are not the notebook's.
@pytest.mark.filterwarnings("default")
def test_it_runs_from_top_to_bottom(path: Path, notebook: nbformat.NotebookNode) -> None:
    fresh = run(path)

    assert output_types(fresh) == output_types(notebook), nbformat.writes(fresh)
    assert TOKEN not in nbformat.writes(fresh)


def test_it_is_kept_with_outputs_that_read_without_a_kernel(
    notebook: nbformat.NotebookNode,
) -> None:
    for cell in code_cells(notebook):
        assert cell.execution_count is not None
        for before, output in pairwise([None, *cell.outputs]):
            assert output.output_type in ("execute_result", "display_data")
            assert "text/plain" in output.data
            # Nor of the sessions that whoever ran it had besides.
            assert "'lost'" not in output.data["text/plain"]
            if "application/vnd.jupyter.widget-view+json" in output.data:
                assert before is not None
                assert "<table>" in before.data["text/html"]


def test_it_holds_no_widget_state_and_nothing_of_the_machine_that_ran_it(
    notebook: nbformat.NotebookNode,
) -> None:
    assert "widgets" not in notebook.metadata
    written = nbformat.writes(notebook)
    for private in (str(Path.home()), str(Path(__file__).parents[2]), "127.0.0.1", TOKEN):
        assert private not in written
