"""The widget on a session of IBM Quantum, as the loopback server plays it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import expect

from tests.browser.notebook_page import THEMES, NotebookPage
from tests.browser.widget_page import BELL, rows, rows_that_are, widget
from tests.cloud.account import OPEN_CRN, PREMIUM_CRN, default_account, environment
from tests.cloud.process import ServerProcess

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.jupyter_server import LabServer

KERNEL = "ibm-account"
LIVE = "GET /(sessions|jobs)"
"""What the monitor asks."""

SESSION = (
    BELL
    + """
from qiskit_ibm_runtime import QiskitRuntimeService

service = QiskitRuntimeService()
session = Session(service.backend("ibm_manila"), max_time="30m", name="bell-study")
session
"""
)

CANCEL_ELSEWHERE = """
import qiskit_ibm_runtime as ibm
ibm.Session.from_id(session.session_id, service).cancel()
"""
"""With IBM's own object, of which the view knows nothing."""


class OpenAccount(Protocol):
    """What the ``open_account`` fixture gives."""

    def __call__(self, cells: list[str], instance: str = ...) -> NotebookPage:
        """Open a notebook whose kernel finds an account of the server."""


@pytest.fixture
def cloud() -> Iterator[ServerProcess]:
    """A server on a clock that stands still; jobs move by a test's steps."""
    with ServerProcess("--mode", "manual", "--clock", "manual") as server:
        yield server


@pytest.fixture
def open_account(cloud: ServerProcess, lab: LabServer, open_notebook: OpenNotebook) -> OpenAccount:
    def open_(cells: list[str], instance: str = PREMIUM_CRN) -> NotebookPage:
        lab.add_kernel(KERNEL, {**environment(cloud), **default_account(cloud, instance)})
        return open_notebook(cells, kernel=KERNEL)

    return open_


def pictures(page: NotebookPage, name: str) -> None:
    """The view in both themes, for people to look at."""
    for theme in THEMES:
        page.set_theme(theme)
        expect(widget(page)).to_have_attribute("data-theme", theme)
        page.screenshot(f"ibm-{name}-{theme}", widget(page))


def test_jobs_are_followed_from_queued_to_done(
    cloud: ServerProcess, open_account: OpenAccount
) -> None:
    page = open_account(
        [SESSION, "jobs = [session.run(bell, shots=shots) for shots in (1000, 2000, 4000)]"]
    )
    page.run_cell(0)
    expect(widget(page)).to_have_attribute("data-state", "not-started")
    page.run_cell(1)
    expect(rows_that_are(page, "QUEUED")).to_have_count(3)
    expect(widget(page)).to_have_attribute("data-state", "open")

    cloud.step("start_next_job")
    expect(rows_that_are(page, "RUNNING")).to_have_count(1)
    expect(widget(page)).to_have_attribute("data-state", "active")
    cloud.step("advance", seconds=4)
    cloud.step("finish_job")
    cloud.step("start_next_job")
    expect(rows_that_are(page, "DONE")).to_have_count(1)
    expect(rows_that_are(page, "RUNNING")).to_have_count(1)
    expect(rows_that_are(page, "QUEUED")).to_have_count(1)
    # The server's clock is far from the computer's, by which the view tells the time.
    remaining = widget(page).get_by_role("timer", name="Time remaining", exact=True)
    expect(remaining).to_contain_text("29:5")
    pictures(page, "live")


@pytest.mark.parametrize(
    ("effect", "options", "words"),
    [
        ("refuse", {"status": 503}, "The service answered 503"),
        # Noticed after the 10 s of the time-out.
        pytest.param("hold", {}, "The service does not answer", marks=pytest.mark.extended),
    ],
)
def test_a_view_that_cannot_be_refreshed_says_so_and_recovers(
    cloud: ServerProcess,
    open_account: OpenAccount,
    effect: str,
    options: dict[str, int],
    words: str,
) -> None:
    page = open_account([SESSION, "job = session.run(bell)"])
    page.run_cell(0)
    page.run_cell(1)
    cloud.step("start_next_job")
    expect(rows_that_are(page, "RUNNING")).to_have_count(1)

    cloud.step("add_fault", matches=LIVE, effect=effect, effect_options=options, times=None)
    view = widget(page)
    stale = view.locator("[data-notice]").get_by_text("Not updated since")
    expect(stale).to_be_visible()
    expect(view).to_contain_text(words)
    cloud.step("finish_job")
    expect(rows_that_are(page, "RUNNING")).to_have_count(1)
    pictures(page, f"stale-{effect}")

    cloud.step("clear_faults")
    expect(rows_that_are(page, "DONE")).to_have_count(1)
    expect(stale).to_be_hidden()


def test_a_session_that_ran_out_of_time_says_so(
    cloud: ServerProcess, open_account: OpenAccount
) -> None:
    page = open_account([SESSION, "jobs = [session.run(bell) for _ in range(2)]"])
    page.run_cell(0)
    page.run_cell(1)
    cloud.step("start_next_job")
    cloud.step("advance", seconds=20)
    cloud.step("finish_job")
    expect(rows_that_are(page, "DONE")).to_have_count(1)

    cloud.step("advance", seconds=1800)
    view = widget(page)
    expect(view).to_have_attribute("data-state", "expired")
    expect(view).to_contain_text("its max_time of 30m ran out")
    expect(rows_that_are(page, "CANCELLED")).to_have_count(1)
    pictures(page, "expired")


def test_a_session_that_was_cancelled_elsewhere_takes_no_more_work(
    cloud: ServerProcess, open_account: OpenAccount
) -> None:
    page = open_account(
        [
            SESSION,
            "jobs = [session.run(bell) for _ in range(2)]",
            CANCEL_ELSEWHERE,
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    cloud.step("run_next_job")
    expect(rows_that_are(page, "DONE")).to_have_count(1)

    page.run_cell(2)
    view = widget(page)
    expect(view).to_have_attribute("data-state", "closed")
    expect(view).to_contain_text("Session closed by the user")
    expect(rows_that_are(page, "CANCELLED")).to_have_count(1)
    run = view.get_by_role("button", name="Run", exact=True)
    expect(run).to_have_attribute("aria-disabled", "true")
    pictures(page, "cancelled-elsewhere")


def test_what_the_open_plan_refuses_is_said_in_the_view_and_in_the_cell(
    open_account: OpenAccount,
) -> None:
    page = open_account(
        [SESSION.replace("session\n", "session.add_program(bell); session\n"), "session.run(bell)"],
        OPEN_CRN,
    )
    page.run_cell(0)
    widget(page).get_by_role("button", name="Run", exact=True).click()
    widget(page).get_by_role("button", name="Yes, run").click()
    alert = widget(page).get_by_role("alert")
    expect(alert).to_contain_text("the Open plan has no sessions. Use Batch(backend)")
    expect(widget(page)).to_have_attribute("data-state", "not-started")
    expect(rows(page)).to_have_count(0)
    pictures(page, "refused")

    page.run_cell(1, check=False)
    assert page.outputs(1)[0]["ename"] == "SessionNotAllowedError"
