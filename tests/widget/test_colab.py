"""A session in Google Colab, as far as its Python side goes: see `tests.support.colab`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from qsession import dashboard
from tests.support.circuits import flipped
from tests.support.colab import MANAGER_URL, Colab, ColabComm
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession import Session
    from tests.support.gated_backend import GatedBackend

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch, make_session: Any) -> Colab:
    """Colab; asked for before the session is made."""
    del make_session  # whose comms it replaces
    return Colab(monkeypatch)


@pytest.fixture
def session(colab: Colab, make_session: Any, gated: GatedBackend) -> Session:
    del colab
    made: Session = make_session(gated, "30m", name="mine")
    return made


@pytest.fixture
def page(session: Session) -> ColabComm:
    """The page, once a cell has displayed the session."""
    session._repr_mimebundle_()
    comm: ColabComm = session.widget.comm
    return comm


def test_the_display_says_where_the_widget_manager_is(session: Session):
    data, metadata = session._repr_mimebundle_()
    assert data[VIEW]["model_id"] == session.widget.model_id
    assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": MANAGER_URL}}}}


def test_the_page_is_told_that_news_wait(page: ColabComm):
    _, opened = page.messages[0]
    assert opened["state"]["updates_wait"] is True


@pytest.mark.usefixtures("page")
def test_each_cell_ends_with_the_state_as_it_is_then(
    session: Session, colab: Colab, gated: GatedBackend
):
    page: ColabComm = session.widget.comm
    gated.open_gate()
    session.run(flipped()).result(PATIENCE_S)
    assert page.updates() == []
    colab.end_cell()
    (state,) = page.updates()
    assert state["head"]["counts"]["DONE"] == 1
    assert len(state["rows"]) == 1
    session._repr_mimebundle_()
    colab.end_cell()
    assert len(page.updates()) == 2  # one a cell, however often it is displayed


def test_while_a_cell_waits_the_state_is_sent(
    session: Session, page: ColabComm, gated: GatedBackend
):
    session.run(flipped())

    def open_when_told() -> None:
        page.wait_for(lambda: bool(page.updates()))
        gated.open_gate()

    opening = threading.Thread(target=open_when_told)
    opening.start()
    session.wait(PATIENCE_S, progress=False)
    opening.join()
    first, *_, last = page.updates()
    assert first["head"]["counts"]["DONE"] == 0
    assert last["head"]["counts"]["DONE"] == 1


def test_a_click_is_answered_where_the_page_hears_it(session: Session, page: ColabComm):
    session.run(flipped())
    queued = session.run(flipped())
    reply = page.ask("cancel_job", job_id=queued.job_id())
    assert reply["ok"]
    assert page.updates()[-1]["head"]["counts"]["CANCELLED"] == 1


def test_the_list_of_sessions_is_as_new_as_the_last_cell(session: Session, colab: Colab):
    board = dashboard()
    _, metadata = board._repr_mimebundle_()
    assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": MANAGER_URL}}}}
    (list_,) = board.widget.children
    assert list_.updates_wait
    session.close()
    colab.end_cell()
    assert list_.comm.updates()[-1]["overview"]["entries"] == []
