"""The device of a session in JupyterLab: opened, pointed at, gone through by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.gallery.gallery_page import AXE, RUN_AXE
from tests.browser.test_accessibility import LAB_THEMES
from tests.browser.widget_page import rows, widget

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.notebook_page import NotebookPage

FEZ = """
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.fake_provider import FakeFez
from qsession import Session

session = Session(FakeFez(), max_time="30m", name="ring")
ring = QuantumCircuit(156, 3, name="ring")
ring.x(3)
ring.cz(3, 16)
ring.cz(16, 23)
ring.measure([3, 16, 23], range(3))
session.run(ring, shots=100).result()
session
"""

QUBITS_OF_RING = ["3", "16", "23"]


def opened_device(page: NotebookPage) -> Locator:
    """The device, which is opened as a person does."""
    device = widget(page).locator(".qs-device")
    device.get_by_text("Device fake_fez").click()
    expect(device.locator("[data-qubit]")).to_have_count(156)
    return device


def test_the_device_is_a_map_that_tells_its_numbers(open_notebook: OpenNotebook) -> None:
    page = open_notebook([FEZ], viewport=(1130, 1900))
    page.run_cell(0)
    device = opened_device(page)
    expect(device.get_by_text("Median T1")).to_be_visible()
    tip = device.locator(".qs-tip")

    device.locator("[data-qubit='21'] circle").hover()
    expect(tip).to_contain_text("Qubit 21")
    expect(tip).to_contain_text(re.compile(r"T1 \d+ µs"))
    device.locator("[data-coupling='0'] .qs-hit").hover(force=True)
    expect(tip).to_contain_text("Qubits 0 and 1")
    expect(tip).to_contain_text("cz 1.02%, 84 ns")

    rows(page).first.click()
    used = device.locator("[data-qubit][data-used]")
    expect(used).to_have_count(len(QUBITS_OF_RING))
    assert used.evaluate_all("nodes => nodes.map(node => node.dataset.qubit)") == QUBITS_OF_RING
    expect(device.locator("[data-coupling][data-used]")).to_have_count(2)
    expect(device).to_contain_text("the 3 qubits of the job")

    device.get_by_label("Colour qubits by").select_option("T1")
    expect(device).to_contain_text("Qubits: T1: best")
    device.get_by_text("All numbers as tables").click()
    expect(device.get_by_role("region", name="Qubits").locator("tbody tr")).to_have_count(156)


def test_the_keyboard_goes_from_qubit_to_qubit(open_notebook: OpenNotebook) -> None:
    page = open_notebook([FEZ])
    page.run_cell(0)
    summary = widget(page).locator(".qs-device > summary")
    summary.focus()
    page.page.keyboard.press("Enter")
    device = widget(page).locator(".qs-device")
    expect(device.locator("[data-qubit]")).to_have_count(156)
    qubits = device.get_by_role("slider", name="Qubits")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Tab")
    expect(qubits).to_be_focused()
    expect(qubits).to_have_attribute("aria-valuetext", re.compile(r"^Qubit 0, Readout error"))
    for key, qubit in [("ArrowRight", "1"), ("End", "155"), ("ArrowUp", "139"), ("Home", "0")]:
        page.page.keyboard.press(key)
        expect(qubits).to_have_attribute("aria-valuenow", qubit)
        expect(device.locator(".qs-tip")).to_contain_text(f"Qubit {qubit}")
    page.page.keyboard.press("Escape")
    expect(device.locator(".qs-tip")).to_be_hidden()
    expect(qubits).to_be_focused()


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.extended), 1000])
def test_axe_finds_nothing_wrong_with_it_in_any_theme(
    open_notebook: OpenNotebook, width: int
) -> None:
    page = open_notebook([FEZ], viewport=(width + 130, 1900))
    page.run_cell(0)
    device = opened_device(page)
    rows(page).first.click()
    expect(device.locator("[data-qubit][data-used]")).to_have_count(len(QUBITS_OF_RING))
    page.page.add_script_tag(path=AXE)
    for theme in LAB_THEMES:
        page.page.evaluate("theme => window.qsessionDriver.setTheme(theme)", theme)
        page.page.wait_for_function("theme => window.qsessionDriver.isTheme(theme)", arg=theme)
        is_dark = "dark" if "Dark" in theme else "light"
        expect(widget(page)).to_have_attribute("data-theme", is_dark)
        assert page.page.evaluate(RUN_AXE.replace("#stage", ".qsession")) == [], theme
        name = theme.removeprefix("JupyterLab ").lower().replace(" ", "-")
        page.screenshot(f"device-{name}-{width}", device)


def test_a_cell_shows_the_static_map(open_notebook: OpenNotebook) -> None:
    page = open_notebook(["import qsession\nqsession.device('fake_manila')"])
    page.run_cell(0)
    picture = page.output(0).get_by_role("img", name="Coupling map of fake_manila")
    expect(picture).to_be_visible()
    expect(picture.locator("circle")).to_have_count(5)
    page.output(0).get_by_text("Qubits (5)").click()
    expect(page.output(0).get_by_role("cell", name="145 µs").first).to_be_visible()
