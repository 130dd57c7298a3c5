"""The harness itself: that it runs what it says it runs, and that what it reports is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import CellFailedError

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.jupyter_server import LabServer

SLEEP = "import time; print('asleep', flush=True); time.sleep(600)"
COUNTER = '''
import threading
import anywidget
import traitlets

clicked = threading.Event()

class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
        const button = document.createElement("button");
        const show = () => { button.textContent = `count is ${model.get("count")}`; };
        button.addEventListener("click", () => model.send({ kind: "click" }));
        model.on("change:count", show);
        show();
        el.append(button);
    }
    export default { render };
    """
    count = traitlets.Int(0).tag(sync=True)

def on_click(widget, content, buffers):
    widget.count += 1
    clicked.set()

counter = Counter()
counter.on_msg(on_click)
counter
'''
VERSION = "import ipykernel; print(ipykernel.__version__)"
BUSY = 'print("clicked" if clicked.wait(5) else "not clicked", "while the cell was running")'


@pytest.mark.extended
def test_click_is_handled_while_a_cell_runs(open_notebook: OpenNotebook) -> None:
    page = open_notebook([COUNTER, BUSY, VERSION], kernel="qs-7.3")
    page.run_cell(0)
    page.run_cell(1, wait=False)
    assert page.is_running(1)

    page.output(0).get_by_role("button").click()

    expect(page.output(0).get_by_role("button")).to_have_text("count is 1")
    page.wait_cell(1)
    assert page.text(1).strip() == "clicked while the cell was running"
    page.run_cell(2)
    assert page.text(2).startswith("7.3.")


@pytest.mark.extended
def test_click_waits_for_the_cell_where_comms_have_no_subshell(
    lab: LabServer, open_notebook: OpenNotebook
) -> None:
    lab.set_preferences(
        "@jupyterlab/apputils-extension:kernels-settings", {"commsOverSubshells": "disabled"}
    )
    page = open_notebook([COUNTER, BUSY.replace("5", "1")])
    page.run_cell(0)
    page.run_cell(1, wait=False)
    page.output(0).get_by_role("button").click()
    page.wait_cell(1)
    assert page.text(1).strip() == "not clicked while the cell was running"


def test_failures_of_cells_and_of_the_page_are_reported(open_notebook: OpenNotebook) -> None:
    page = open_notebook(["1/0", "'never run'"])
    with pytest.raises(CellFailedError, match="ZeroDivisionError"):
        page.run_all()
    assert page.outputs(1) == []

    page.page.evaluate("console.error('the widget is broken')")
    with page.page.expect_event("pageerror"):
        page.page.evaluate("() => { setTimeout(() => { throw new Error('thrown late'); }); }")
    with pytest.raises(AssertionError, match=r"the widget is broken(?s:.)*thrown late"):
        page.assert_no_console_errors()
    page.expect_console_error("the widget is broken|thrown late")
    page.assert_no_console_errors()


def test_reload_keeps_restart_forgets_interrupt_stops(open_notebook: OpenNotebook) -> None:
    page = open_notebook(["value = 1", "'value' in globals()", SLEEP])
    page.run_cell(0)
    page.reload()
    page.run_cell(1)
    assert page.text(1) == "True"

    page.restart_kernel()
    page.run_cell(1)
    assert page.text(1) == "False"

    page.run_cell(2, wait=False)
    expect(page.output(2)).to_contain_text("asleep")  # before that, an interrupt is not the cell's
    page.interrupt_kernel()
    page.wait_cell(2, check=False)
    assert page.outputs(2)[-1]["ename"] == "KeyboardInterrupt"


def test_theme_and_size_are_the_page_s_own(open_notebook: OpenNotebook) -> None:
    layout = "getComputedStyle(document.body).getPropertyValue('--jp-layout-color1')"
    page = open_notebook([COUNTER], viewport=(420, 800))
    page.run_all()
    assert page.page.evaluate(layout) == "white"
    light = page.screenshot("harness-light").read_bytes()

    page.set_theme("dark")
    assert page.page.evaluate(layout) == "#212121"
    assert page.screenshot("harness-dark").read_bytes() != light
    button = page.output(0).get_by_role("button")
    assert len(page.screenshot("harness-button", button).read_bytes()) < len(light)

    page.set_theme("light")
    assert page.page.evaluate(layout) == "white"
    page.set_viewport(900, 600)
    assert page.page.evaluate("innerWidth") == 900
