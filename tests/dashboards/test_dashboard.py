"""`dashboard`: text, static HTML, and in a kernel the live view."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import comm
import pytest

import qsession
from qsession import Dashboard, InvalidInputError, QSessionError, Session, dashboard
from qsession.dashboards.widget import DashboardWidget
from qsession.render.mimebundle import SESSION_VIEW
from tests.cloud.faults import refuse
from tests.dashboards.seeing import OpenElsewhere
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S
from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    from qsession.testing import ManualClock
    from tests.cloud.server import Server

Make = Callable[[str], Session]

HOSTILE = "<img src=x onerror=alert(1)>"

SCRIPT = """
import sys
from qsession import Session, dashboard

session = Session("aer_simulator", name="mine")
board = dashboard()
print(board, board.to_html(), sorted(board._repr_mimebundle_()[0]))
print(board.close_all())
print([name for name in ("IPython", "ipywidgets", "anywidget", "comm") if name in sys.modules])
"""


@pytest.fixture
def in_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook, with comms that go nowhere."""
    monkeypatch.setattr("qsession.render.mimebundle.in_kernel", lambda: True)
    monkeypatch.setattr(comm, "create_comm", RecordingComm)


def cells_of(text: str) -> list[list[str]]:
    return [[cell for cell in line.split("  ") if cell] for line in text.splitlines()]


@pytest.mark.usefixtures("lost")
def test_as_text_it_is_a_table(make_session: Make, clock: ManualClock):
    session = make_session("mine")
    session.run(flipped())
    shown = Dashboard(clock=clock)
    head, *rows = cells_of(str(shown))
    assert head == [
        "Session", "Backend", "State", "Opened", "Time left", "Usage", "Jobs", "Known from",
    ]  # fmt: skip
    opened = f"{clock.now().astimezone():%Y-%m-%d %H:%M}"
    mine = [
        f"mine {session.session_id}", "gated_simulator", "In progress", opened, "30m", "0s", "1",
        "this process",
    ]  # fmt: skip
    assert mine in [[cell.strip() for cell in row] for row in rows]
    assert any(row[0].startswith("last-night") and row[-1].strip() == "ledger" for row in rows)
    assert repr(shown) == str(shown)


def test_it_follows_its_sessions(make_session: Make):
    shown = dashboard()
    assert str(shown) == "No open sessions."
    assert "No open sessions." in shown.to_html()
    make_session("late")
    assert "late (not opened yet)" in str(shown)
    assert "<strong>1 session</strong>" in shown.to_html()
    assert [info.name for info in shown.sessions] == ["late"]


def test_names_from_outside_are_shown_as_text(make_session: Make):
    make_session(HOSTILE)
    assert HOSTILE not in dashboard().to_html()
    assert "&lt;img src=x onerror=alert(1)&gt;" in dashboard().to_html()


def test_an_account_that_could_not_be_asked_is_a_line_below(
    server: Server, service: Any, open_elsewhere: OpenElsewhere
):
    session_id = open_elsewhere()
    shown = dashboard(service)
    server.faults.add("GET /workloads", refuse(500, message="<b>Broken</b>"))
    shown.refresh()
    for text in (str(shown), shown.to_html()):
        assert session_id in text
        assert "The account could not be asked." in text
    assert "<b>Broken" not in shown.to_html()
    server.faults.clear()
    shown.refresh()
    assert "could not be asked" not in str(shown)


def test_the_account_is_asked_once_however_often_it_is_shown(
    server: Server, service: Any, open_elsewhere: OpenElsewhere
):
    open_elsewhere()
    shown = dashboard(service)
    for _ in range(3):
        assert str(shown)
        assert shown.to_html()
        assert shown._repr_mimebundle_()
        assert shown.sessions
    assert server.log.count("GET /workloads") == 1


def test_close_all_closes_all_or_says_what_failed(
    make_session: Make, monkeypatch: pytest.MonkeyPatch
):
    make_session("first")
    second = make_session("second")
    shown = dashboard()

    def fail(reason: str) -> None:
        raise QSessionError(f"It will not be {reason}.")

    with monkeypatch.context() as patched:
        patched.setattr(second, "close", fail)
        with pytest.raises(QSessionError, match=r"1 of 2 sessions closed\. .*It will not be"):
            shown.close_all()
    assert shown.close_all() == "1 session closed."
    assert {info.name: info.state for info in shown.sessions} == {
        "first": "closed",
        "second": "closed",
    }


@pytest.mark.parametrize("limit", [0, -1, True, "5", 2.0])
def test_a_limit_that_is_no_positive_number_is_refused(limit: Any):
    with pytest.raises(InvalidInputError, match="limit="):
        dashboard(limit=limit)


def test_the_limit_holds_for_the_account(service: Any, open_elsewhere: OpenElsewhere):
    for _ in range(3):
        open_elsewhere()
    assert len(dashboard(service, limit=2).sessions) == 2


# --- where it is shown ----------------------------------------------------------------------------


def test_outside_of_a_kernel_it_is_text_and_html(make_session: Make):
    make_session("mine")
    shown = dashboard()
    data, metadata = shown._repr_mimebundle_()
    assert data == {"text/plain": str(shown), "text/html": shown.to_html()}
    assert metadata == {}


@pytest.mark.usefixtures("in_kernel")
def test_in_a_kernel_it_is_the_live_view_with_the_static_forms(make_session: Make):
    make_session("mine")
    shown = dashboard()
    bundle, _ = shown._repr_mimebundle_()
    live_view = "application/vnd.jupyter.widget-view+json"
    assert set(bundle) == {"text/plain", "text/html", live_view, SESSION_VIEW}
    assert bundle[SESSION_VIEW] == {"has_pictures": False}
    model = bundle[live_view]["model_id"]
    assert model == shown.widget.model_id
    (list_,) = shown.widget.children
    assert isinstance(list_, DashboardWidget)
    assert shown.widget is shown.widget
    assert bundle["text/plain"] == str(shown)


def test_a_script_needs_nothing_of_jupyter():
    found = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    *_, closed, loaded = found.stdout.splitlines()
    assert "mine (not opened yet)" in found.stdout
    assert "['text/html', 'text/plain']" in found.stdout
    assert (closed, loaded) == ("1 session closed.", "[]")


def test_it_is_a_public_name():
    assert {"dashboard", "Dashboard"} <= set(qsession.__all__)
    assert qsession.Dashboard is Dashboard
