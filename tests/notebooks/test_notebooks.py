"""Each notebook runs as a newcomer would run it, and is kept with its outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.notebooks


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(request.param, as_version=4)
    return notebook


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_a_quickstart() -> None:
    assert "quickstart" in [path.stem for path in NOTEBOOKS]


# IPython's own warnings about its transport are not the notebook's.
@pytest.mark.filterwarnings("default")
def test_it_runs_from_top_to_bottom(notebook: nbformat.NotebookNode) -> None:
    kept = [len(cell.outputs) for cell in code_cells(notebook)]

    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()

    assert [len(cell.outputs) for cell in code_cells(notebook)] == kept


def test_it_is_kept_with_outputs_that_read_without_a_kernel(
    notebook: nbformat.NotebookNode,
) -> None:
    for cell in code_cells(notebook):
        assert cell.execution_count is not None
        for output in cell.outputs:
            assert output.output_type in ("execute_result", "display_data")
            assert "text/plain" in output.data
            if "application/vnd.jupyter.widget-view+json" in output.data:
                assert "<table>" in output.data["text/html"]


def test_it_holds_no_widget_state_and_no_paths(notebook: nbformat.NotebookNode) -> None:
    assert "widgets" not in notebook.metadata
    assert str(Path.home()) not in nbformat.writes(notebook)
