"""Results, trend, timeline and run panel in JupyterLab, and the pictures that show them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.widget_page import rows, widget

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.jupyter_server import LabServer

LOOP = """
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qsession import Session

ansatz = QuantumCircuit(2, name="ansatz")
turn, tilt = Parameter("turn"), Parameter("tilt")
ansatz.ry(turn, 0); ansatz.cx(0, 1); ansatz.rx(tilt, 1)
sampled = QuantumCircuit(5, name="sampled")
for qubit in range(5):
    sampled.ry(0.4 + 0.5 * qubit, qubit)
sampled.measure_all()
energy = SparsePauliOp.from_list([("ZZ", -1.0), ("XI", -0.6), ("IX", -0.6)])
options = {"simulator": {"seed_simulator": 7}}

session = Session(max_time="2h", name="ising")
session.add_program((ansatz, energy), name="energy", precision=0.02, options=options)
session.add_program(sampled, name="sampled", shots=4000, options=options)
for step in range(18):
    angles = [0.4 * np.exp(-step / 5), 1.2 * np.exp(-step / 4)]
    session.run_program("energy", parameters=angles).result()
session.run((ansatz, ["ZZ", "XX", "IZ"], [0.3, 0.2]), precision=0.05, name="grid").result()
try:
    broken = sampled.copy(name="broken")
    session.run(broken, options={"run_options": {"method": "<b>none</b>"}}).result()
except Exception:
    pass
session.run_program("sampled").result()
session
"""


NEWS = ("seq", "head", "rows", "view")

ABOUT_THE_PAGE = ("busy_channel", "comm_id", "updates_wait")

PARTS_OF_EVERY_WIDGET = (
    *("_anywidget_id", "_css", "_dom_classes", "_esm", "_model_module", "_model_module_version"),
    *("_model_name", "_view_count", "_view_module", "_view_module_version", "_view_name"),
    *("layout", "tabbable", "tooltip"),
)


def open_job(view: Locator, name: str) -> None:
    """Select the newest job with this name, as a person does."""
    view.locator("[data-job-id]", has_text=name).first.click()


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("light", 1000),
        ("dark", 400),
        pytest.param("dark", 1000, marks=pytest.mark.extended),
        pytest.param("light", 400, marks=pytest.mark.extended),
    ],
)
def test_results_are_shown_in_place(open_notebook: OpenNotebook, theme: str, width: int) -> None:
    page = open_notebook([LOOP], viewport=(width + 130, 1600))
    page.set_theme("dark" if theme == "dark" else "light")
    page.run_cell(0)
    view = widget(page)
    expect(rows(page).first).to_be_visible()
    expect(view.get_by_role("slider", name="energy over jobs")).to_be_visible()

    open_job(view, "sampled")
    details = view.get_by_role("region", name="Selected job")
    bars = details.get_by_role("table", name="register meas").locator("tbody tr")
    expect(bars).to_have_count(21)
    expect(bars.last).to_contain_text("others")
    details.get_by_role("button", name="Draw circuit sampled").click()
    expect(details.get_by_label("Drawing")).to_contain_text("Ry(0.4)")
    page.screenshot(f"results-sampler-{theme}-{width}", view)

    open_job(view, "grid")
    values = details.get_by_role("table", name="Expectation values").locator("tbody tr")
    expect(values).to_have_count(3)
    page.screenshot(f"results-estimator-{theme}-{width}", view)

    open_job(view, "broken")
    expect(details.locator(".qs-failure")).to_contain_text("<b>none</b>")
    details.get_by_text("Traceback", exact=True).click()
    page.screenshot(f"results-error-{theme}-{width}", view)


def test_keyboard_alone_opens_a_job_from_the_trend_and_closes_it(
    open_notebook: OpenNotebook,
) -> None:
    page = open_notebook([LOOP])
    page.run_cell(0)
    view = widget(page)
    trend = view.get_by_role("slider", name="energy over jobs")
    trend.focus()
    page.page.keyboard.press("Home")
    expect(trend).to_have_attribute("aria-valuenow", "1")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    details = view.get_by_role("region", name="Selected job")
    expect(details.locator(".qs-big-value")).to_contain_text("±")
    details.get_by_role("button", name="Close details").focus()
    page.page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_a_program_is_run_with_values_from_the_panel(open_notebook: OpenNotebook) -> None:
    check = """
job = session.job(session.jobs[-1].job_id)
print(session.jobs[-1].name, job.inputs["pubs"][0].parameter_values.as_array())
"""
    page = open_notebook([LOOP, check])
    page.run_cell(0)
    view = widget(page)
    view.get_by_label("Program", exact=True).select_option("energy · estimator")
    view.get_by_label("turn", exact=True).fill("0.25")
    view.get_by_label("tilt, slider").fill("-1.5")
    before = page.output(0).locator(".qs-trend-news").inner_text()
    view.get_by_role("button", name="Run", exact=True).click()
    expect(view.locator(".qs-trend-news")).not_to_have_text(before)
    page.run_cell(1)
    assert page.text(1).split() == ["energy", "[-1.5", "0.25]"]


def test_a_compact_view_shows_the_meters_alone(open_notebook: OpenNotebook) -> None:
    page = open_notebook([LOOP, "session.widget.view = 'compact'", "session.widget.view = 'full'"])
    page.run_cell(0)
    view = widget(page)
    expect(view.locator(".qs-jobs")).to_be_visible()
    page.run_cell(1)
    expect(view.locator(".qs-jobs")).to_be_hidden()
    expect(view.get_by_role("timer", name="Time remaining", exact=True)).to_be_visible()
    page.screenshot("compact", view)
    page.run_cell(2)
    expect(view.locator(".qs-jobs")).to_be_visible()


def test_results_are_not_saved_with_the_notebook(
    lab: LabServer, open_notebook: OpenNotebook
) -> None:
    page = open_notebook([LOOP])
    lab.set_preferences("@jupyter-widgets/jupyterlab-manager:plugin", {"saveState": True})
    page.reload()
    page.run_cell(0)
    view = widget(page)
    open_job(view, "sampled")
    expect(view.get_by_role("table", name="register meas")).to_be_visible()
    page.save()
    saved = (lab.root / page.path).read_text(encoding="utf-8")
    widgets = json.loads(saved)["metadata"]["widgets"]
    models = widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    (state,) = (model["state"] for model in models if "rows" in model["state"])
    own = json.dumps({name: state[name] for name in (*NEWS, "picture")})
    assert "sampled" in own
    assert "frequent" not in own
    assert set(state) - {*NEWS, "picture", *ABOUT_THE_PAGE} <= set(PARTS_OF_EVERY_WIDGET)
