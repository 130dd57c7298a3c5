"""The views of a session: one, and fresh ones for pages that know no widget made before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qsession.session.registry import core_of
from qsession.widget import SessionWidget
from qsession.widget.views import MOST_FRESH
from tests.support.circuits import flipped
from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    from qsession import Session


def fresh_view(session: Session) -> SessionWidget:
    return core_of(session).display.fresh_view(session)


def open_page(view: SessionWidget) -> RecordingComm:
    """A page that shows the view, as all do: its first words ask for the whole state."""
    page: RecordingComm = view.comm
    page.ask("resync")
    return page


def wait_for_rows(page: RecordingComm) -> None:
    page.wait_for(lambda: any(delta["rows"] for delta in page.contents("delta")))


def answer(page: RecordingComm) -> None:
    """Answer the last sign of life that was asked for."""
    page.wait_for(lambda: bool(page.contents("ping")))
    page.ask("here")


def test_each_is_another_and_all_are_told_of_the_same(session: Session):
    views = [session.widget, fresh_view(session), fresh_view(session)]
    assert len({view.model_id for view in views}) == 3
    session.run(flipped())
    for view in views:
        wait_for_rows(view.comm)


def test_those_whose_page_is_gone_are_let_go_when_the_next_page_speaks(session: Session):
    gone = fresh_view(session)
    page = open_page(gone)
    successor = fresh_view(session)
    page.wait_for(lambda: len(page.contents("ping")) == 1)
    assert gone.comm is not None
    open_page(successor)
    assert gone.comm is None
    assert page.messages[-1][0] == "comm_close"

    told = len(page.messages)
    session.run(flipped())
    successor.comm.wait_for(lambda: bool(successor.comm.contents("delta")))
    assert len(page.messages) == told


def test_those_that_give_a_sign_of_life_stay(session: Session):
    first, second = fresh_view(session), fresh_view(session)
    pages = [open_page(first), open_page(second)]
    third = fresh_view(session)
    for page in pages:
        answer(page)
    open_page(third)
    assert first.comm is not None
    assert second.comm is not None


def test_a_page_is_asked_for_it_before_it_hears_of_another_view(
    session: Session, monkeypatch: pytest.MonkeyPatch
):
    sent: list[tuple[str, str]] = []
    publish = RecordingComm.publish_msg

    def publish_noted(page: RecordingComm, msg_type: str, data: Any = None, **more: Any) -> None:
        kind = data["content"]["kind"] if data.get("method") == "custom" else msg_type
        sent.append((kind, page.comm_id))
        publish(page, msg_type, data, **more)

    first = fresh_view(session)
    page = open_page(first)
    monkeypatch.setattr(RecordingComm, "publish_msg", publish_noted)
    second = fresh_view(session)
    asked, opened = ("ping", page.comm_id), ("comm_open", second.comm.comm_id)
    assert [each for each in sent if each in (asked, opened)] == [asked, opened]


def test_one_whose_page_is_still_coming_is_no_suspect(session: Session):
    coming = fresh_view(session)
    open_page(fresh_view(session))
    page: RecordingComm = coming.comm
    assert page.contents("ping") == []


def test_the_first_stays_whatever_becomes_of_the_others(session: Session):
    stays = session.widget
    open_page(stays)
    open_page(fresh_view(session))
    open_page(fresh_view(session))
    assert stays.comm is not None
    assert session.widget is stays


def test_there_are_so_many_and_no_more(session: Session):
    views = [fresh_view(session) for _ in range(MOST_FRESH + 2)]
    assert [view.comm is None for view in views] == [True, True, *[False] * MOST_FRESH]


def test_they_are_as_compact_as_the_first(session: Session):
    before = fresh_view(session)
    session.widget.view = "compact"
    assert (before.view, fresh_view(session).view) == ("compact", "compact")


@pytest.mark.parametrize("content", [None, 5, {"kind": "delta"}, {"kind": "ping"}])
def test_what_is_no_request_is_no_first_word(session: Session, content: object):
    old = fresh_view(session)
    open_page(old)
    fresh = fresh_view(session)
    fresh.comm.receive(content)
    assert old.comm is not None
