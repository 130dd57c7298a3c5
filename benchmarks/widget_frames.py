"""How the page keeps up with thousands of jobs: ours, and a widget with one list.

JupyterLab in Chromium without a window or a graphics card, on the tests' harness, with a kernel
that reports twenty changes a second. Measured are the time from making and displaying the view in
the kernel (all modules being loaded) to a job's row on the screen, the rows in the document, the
times between frames while the table is scrolled, as the page sees them, and what its main thread
computes, from a trace of the same frames: for a frame, in the longest task, and how many frames
have more to compute than a late one takes. The other widget is what most notebooks have: a synced
trait with an object for each job, set anew when one changes, drawn as a table. Both are measured by
turns, each in a notebook and a kernel of its own. So is the frame time of the same page when
nothing happens: what the machine itself can do.

Run it with ``make benchmark-widget``. On a busy machine frames are late whatever is drawn: compare
with the still page, and with what was computed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import machine
from benchmarks.widget_trace import CATEGORIES, read_trace
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.jupyter_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.own_server import REPOSITORY

SIZES = (1_000, 10_000)
LARGEST = SIZES[-1]
SECONDS = 5
UPDATES_A_SECOND = 20

MOST_ROWS = 60
MOST_FIRST_MS = 300
MOST_MEDIAN_MS = 17.0
MOST_FRAME_MS = 50.0

PREPARE = """
import sys, threading, time
sys.path.insert(0, {repository!r})
import anywidget, traitlets
import qsession.widget
from qsession import Session
from tests.support.many_jobs import finish_job, report_jobs, start_job

session = Session(max_time="8h", name="many")
report_jobs(session, {jobs}, waiting={jobs} // 2)

def work():
    for number in range({jobs} - {jobs} // 2, {jobs} - {jobs} // 2 + {changes} // 2):
        for report in (start_job, finish_job):
            report(session, number)
            time.sleep(1 / {rate})
"""

OURS_VIEW = "make_view = lambda: session"

# The widget as one writes it first, but without the mistakes that would make it slower still.
LIST_VIEW = """
from qsession.widget.encoding import encode_row
from qsession.widget.wire import ROW_FIELDS

class ListWidget(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
        const box = el.appendChild(document.createElement("div"));
        box.className = "list-widget";
        box.style = "height: 387px; overflow: auto";
        const draw = () => {
            const table = document.createElement("table");
            for (const job of model.get("jobs")) {
                const row = table.insertRow();
                row.dataset.jobId = job.job_id;
                for (const name of ["job_id", "name", "primitive", "status", "run_s"]) {
                    row.insertCell().textContent = job[name] ?? "";
                }
            }
            const top = box.scrollTop;
            box.replaceChildren(table);
            box.scrollTop = top;
        };
        model.on("change:jobs", draw);
        draw();
    } };
    '''
    jobs = traitlets.List().tag(sync=True)

def jobs_as_dicts():
    return [dict(zip(ROW_FIELDS, encode_row(record))) for record in session.jobs]

def make_view():
    view = ListWidget(jobs=jobs_as_dicts())
    session.observe(lambda change: setattr(view, "jobs", jobs_as_dicts()), "jobs")
    return view
"""

SHOW = "from IPython.display import display\nshown = time.time()\ndisplay(make_view())"
SHOWN = "print(shown)"
WORK = "threading.Thread(target=work, daemon=True).start()"

OURS = (OURS_VIEW, ".qs-table", ".qs-chips")
LIST = (LIST_VIEW, ".list-widget", ".list-widget")
"""The cell that makes it, what is scrolled, and where each update leaves a trace."""

WATCH = """
() => {
    window.firstRow = null;
    const observer = new MutationObserver(() => {
        if (!document.querySelector("[data-job-id]")) return;
        observer.disconnect();
        // The frame after the next one begins when the row has been painted.
        requestAnimationFrame(() => requestAnimationFrame(() => { window.firstRow = Date.now(); }));
    });
    observer.observe(document.body, { subtree: true, childList: true });
}
"""

FRAMES = """
async ([selector, drawn, seconds]) => {
    const table = selector && document.querySelector(selector);
    let updates = 0;
    const observer = new MutationObserver(() => { updates += 1; });
    const changing = drawn && document.querySelector(drawn);
    if (changing) {
        const subtree = changing !== table;
        observer.observe(changing, { childList: true, characterData: subtree, subtree });
    }
    const end = performance.now() + seconds * 1000;
    const gaps = [];
    let rows = 0;
    let before = null;
    let direction = 1;
    await new Promise((done) => {
        const frame = (now) => {
            if (before !== null) gaps.push(now - before);
            before = now;
            if (table) {
                const top = table.scrollTop;
                table.scrollTop = top + direction * 70;
                if (table.scrollTop === top) direction = -direction;
                rows = Math.max(rows, document.querySelectorAll("[data-job-id]").length);
            }
            if (performance.now() < end) requestAnimationFrame(frame); else done();
        };
        requestAnimationFrame(frame);
    });
    observer.disconnect();
    return { gaps, rows, updates };
}
"""


@dataclass
class Figures:
    """What was measured of one widget with so many jobs; times in milliseconds."""

    name: str
    jobs: int
    first_ms: list[float] = field(default_factory=list)
    frames_ms: list[float] = field(default_factory=list)
    still_ms: list[float] = field(default_factory=list)
    computing_ms: list[float] = field(default_factory=list)
    """Of the page's main thread, for each frame: this hardly depends on what else runs."""
    longest_task_ms: float = 0
    """The most that the main thread computed at a stretch."""
    updates: list[int] = field(default_factory=list)
    """How many of the changes were drawn while they were made."""
    rows: int = 0


class Bench:
    """Opens a notebook for each measurement."""

    def __init__(self, server: LabServer, browser: Browser) -> None:
        self._server = server
        self._browser = browser
        self._count = 0

    def measure(self, figures: Figures, view: str, table: str, drawn: str) -> None:
        self._count += 1
        prepare = PREPARE.format(
            repository=str(REPOSITORY),
            jobs=figures.jobs,
            changes=SECONDS * UPDATES_A_SECOND,
            rate=UPDATES_A_SECOND,
        )
        notebook = self._server.add_notebook(
            f"{self._count}.ipynb", [prepare + view, SHOW, SHOWN, WORK]
        )
        context = self._browser.new_context(viewport={"width": 1280, "height": 900})
        page = NotebookPage(context.new_page(), self._server, Path(tempfile.gettempdir()))
        page.open(notebook)
        page.run_cell(0)
        figures.still_ms += page.page.evaluate(FRAMES, ["", "", 1])["gaps"]
        page.page.evaluate(WATCH)
        page.run_cell(1)
        page.page.wait_for_function("window.firstRow !== null")
        page.run_cell(2)
        shown_ms = float(page.text(2)) * 1000
        figures.first_ms.append(page.page.evaluate("window.firstRow") - shown_ms)
        page.wait_idle()
        # The older jobs come in after the first view.
        page.page.wait_for_timeout(2000)
        page.run_cell(3, wait=False)
        self._browser.start_tracing(page=page.page, categories=list(CATEGORIES))
        measured = page.page.evaluate(FRAMES, [table, drawn, SECONDS])
        computing = read_trace(self._browser.stop_tracing())
        figures.computing_ms += computing.frames_ms
        figures.longest_task_ms = max(figures.longest_task_ms, *computing.tasks_ms)
        figures.updates.append(measured["updates"])
        figures.frames_ms += measured["gaps"]
        figures.rows = max(figures.rows, measured["rows"])
        page.close()
        self._server.stop_kernels()


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def late(frames_ms: Sequence[float]) -> str:
    """The share of the frames that came late, and the latest."""
    share = sum(gap > MOST_FRAME_MS for gap in frames_ms) / len(frames_ms)
    return f"{statistics.median(frames_ms):.1f} · {share:.1%} · {max(frames_ms):,.0f}"


def table(measured: Sequence[Figures]) -> str:
    rows: list[tuple[Any, ...]] = [
        (
            "widget",
            "jobs",
            "rows",
            "first view, ms",
            "frames: median · over 50 ms · max",
            "of a still page",
            "computing a frame, ms: median · over 50 ms · max",
            "longest task, ms",
            f"updates drawn of {SECONDS * UPDATES_A_SECOND}",
        ),
        ("---", *["--:"] * 8),
    ]
    rows += [
        (
            figures.name,
            f"{figures.jobs:,}",
            f"{figures.rows:,}",
            spread(figures.first_ms),
            late(figures.frames_ms),
            late(figures.still_ms),
            late(figures.computing_ms),
            f"{figures.longest_task_ms:,.0f}",
            f"{statistics.median(figures.updates):.0f}",
        )
        for figures in measured
    ]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def verdicts(ours: Figures) -> list[str]:
    first, median = statistics.median(ours.first_ms), statistics.median(ours.frames_ms)
    longest, computing = max(ours.frames_ms), max(ours.computing_ms)
    goals = [
        (ours.rows <= MOST_ROWS, f"at most {MOST_ROWS} rows in the document: {ours.rows}"),
        (first <= MOST_FIRST_MS, f"first view within {MOST_FIRST_MS} ms: {first:.0f}"),
        (median < MOST_MEDIAN_MS, f"median frame under {MOST_MEDIAN_MS:.0f} ms: {median:.1f}"),
        (longest < MOST_FRAME_MS, f"every frame under {MOST_FRAME_MS:.0f} ms: {longest:.0f}"),
        (computing < MOST_FRAME_MS, f"none that computes so long: {computing:.0f} ms at most"),
    ]
    return [f"{'met' if met else 'MISSED'}: {words}" for met, words in goals]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(machine())
    measured = [Figures(name, jobs) for jobs in SIZES for name in ("ours", "list")]
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder), Path(folder) / "jupyterlab.log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        bench = Bench(server, browser)
        for _ in range(rounds):
            for figures in measured:
                bench.measure(figures, *(OURS if figures.name == "ours" else LIST))
        browser.close()
    print(f"\n{table(measured)}\n\nMedians, with the least and the most in brackets.\n")
    print("\n".join(verdicts(measured[-2])))
    print(machine())


if __name__ == "__main__":
    main()
