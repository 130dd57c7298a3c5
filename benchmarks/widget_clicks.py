"""How soon a click is answered beside a long local job.

JupyterLab in Chromium, a kernel, and a session on ideal Aer whose first job takes minutes, with
queued ones behind it. Each click cancels one of them; measured is the time, by the page's own
clock, until its row says CANCELLED: to the kernel and back, and drawn.

Run it with ``make benchmark-widget``, on a quiet machine.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import machine
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.jupyter_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.own_server import REPOSITORY

CLICKS = 12
"""As many rows are in the document."""
MOST_MS = 100

PREPARE = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from qiskit_aer import AerSimulator
from qsession import Session
from tests.engines.local.workers.work import ENDLESS_SHOTS, bell, endless

session = Session(AerSimulator(), name="busy")
session
"""

LONG_JOB = f"""
import time
long = session.run(endless(), shots=ENDLESS_SHOTS)
queued = [session.run(bell()) for _ in range({CLICKS})]
while long.status() != "RUNNING":
    time.sleep(0.01)
time.sleep(2)
print(long.status())
"""

STATUS = "print(long.status()); session.cancel(running=True)"

CLICK = """
async () => {
    const row = document.querySelector("[data-job-id][data-status=QUEUED]");
    const id = row.dataset.jobId;
    const button = row.querySelector("button[aria-label^='Cancel job']");
    const began = performance.now();
    button.click();
    return await new Promise((done) => {
        const look = () => {
            const now = document.querySelector(`[data-job-id="${id}"]`);
            if (now && now.dataset.status === "CANCELLED") done(performance.now() - began);
            else requestAnimationFrame(look);
        };
        look();
    });
}
"""


def measure(server: LabServer, browser: Browser) -> list[float]:
    """Milliseconds from each click to its effect on the screen, beside a job that runs."""
    notebook = server.add_notebook("clicks.ipynb", [PREPARE, LONG_JOB, STATUS])
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = NotebookPage(context.new_page(), server, Path(tempfile.gettempdir()))
    page.open(notebook)
    page.run_cell(0)
    page.run_cell(1)
    page.page.wait_for_selector("[data-job-id][data-status=QUEUED]")
    clicks = []
    for _ in range(CLICKS):
        clicks.append(float(page.page.evaluate(CLICK)))
        page.page.wait_for_timeout(200)
    page.run_cell(2)
    if page.text(2).strip() != "RUNNING":
        raise SystemExit("The long job did not run all the time.")
    page.close()
    return clicks


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def main() -> None:
    print(machine())
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder), Path(folder) / "jupyterlab.log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        clicks = measure(server, browser)
        browser.close()
    late = sum(each > MOST_MS for each in clicks)
    print(f"\n{CLICKS} clicks beside a running local job, ms: {spread(clicks)}; late: {late}")
    words = "met" if statistics.median(clicks) <= MOST_MS else "MISSED"
    print(f"{words}: clicks are answered within {MOST_MS} ms: {statistics.median(clicks):.0f}")


if __name__ == "__main__":
    main()
