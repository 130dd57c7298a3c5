"""The quickstart as a newcomer runs it, and the pictures that the README shows."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.own_server import REPOSITORY
from tests.browser.widget_page import GATED, rows_that_are, widget

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.jupyter_server import LabServer

SHOWCASE = (
    GATED.replace("session\n", "")
    + """
gate.set()
from qiskit.quantum_info import SparsePauliOp
pair = bell.remove_final_measurements(inplace=False); pair.name = "pair"
session = Session(GatedSimulator(), max_time="2h", name="bell-study")
session.add_program(bell, name="bell", shots=4000)
session.run(bell, shots=4000).result()
session.run((pair, SparsePauliOp("ZZ")), precision=0.02).result()
broken = bell.copy(name="broken")
failing = session.run(broken, options={"run_options": {"method": "no such method"}})
try:
    failing.result()
except Exception:
    pass
session.run(bell).result()
gate.clear()
jobs = [session.run(bell, shots=shots) for shots in (1000, 2000, 4000)]
jobs[2].cancel()
session
"""
)


def test_the_quickstart_runs_from_top_to_bottom(
    lab: LabServer, open_notebook: OpenNotebook
) -> None:
    shutil.copy(REPOSITORY / "notebooks" / "quickstart.ipynb", lab.root)
    page = open_notebook("quickstart.ipynb", viewport=(1280, 1200))
    page.run_all()
    view = page.page.locator(".jp-Notebook .qsession").first
    expect(view).to_have_attribute("data-state", "closed")
    expect(view.locator("[data-job-id][data-status=DONE]")).to_have_count(5)


@pytest.mark.extended
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 400])
def test_pictures_for_people(open_notebook: OpenNotebook, theme: str, width: int) -> None:
    """What README shows and reviewers look at; the assertions say what must be in the picture."""
    page = open_notebook([SHOWCASE, "gate.set(); session.close()"], viewport=(width + 130, 1100))
    page.set_theme("dark" if theme == "dark" else "light")
    page.run_cell(0)
    view = widget(page)
    for status in ("DONE", "RUNNING", "QUEUED", "ERROR", "CANCELLED"):
        expect(rows_that_are(page, status).first).to_be_visible()
    expect(view).to_have_attribute("data-theme", theme)
    page.screenshot(f"session-{theme}-{width}", view)
    page.run_cell(1)
    expect(view).to_have_attribute("data-state", "closed")
    page.screenshot(f"session-{theme}-{width}-ended", view)
