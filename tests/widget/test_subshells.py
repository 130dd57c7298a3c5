"""Clicks overtake a running cell where the kernel lets them."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ipykernel.comm import Comm

from qsession.compat import jupyter

if TYPE_CHECKING:
    from qsession import Session
    from tests.widget.recording_comm import RecordingComm


class HookedComm:
    """A comm of a kernel that sends messages back to the shell that wrote last."""

    def _reply_subshell_for(self, data: object, default: str | None) -> str | None:
        return "the busy main shell"


def test_messages_stay_on_the_subshell_on_which_they_came():
    comm = HookedComm()
    jupyter.let_clicks_overtake_cells(comm)
    assert comm._reply_subshell_for({"method": "custom"}, "a subshell") == "a subshell"
    assert comm._reply_subshell_for({"method": "custom"}, None) is None


def test_a_comm_without_the_hook_is_left_alone():
    comm = SimpleNamespace(comm_id="x")
    jupyter.let_clicks_overtake_cells(comm)
    assert vars(comm) == {"comm_id": "x"}


def test_the_hook_of_the_installed_kernel_is_called_as_ours_is():
    if not hasattr(Comm, "_reply_subshell_for"):
        pytest.skip("this ipykernel has no such hook")
    comm = object.__new__(Comm)
    jupyter.let_clicks_overtake_cells(comm)
    assert comm._reply_subshell_for({}, "a subshell") == "a subshell"


def test_a_widget_asks_for_it(session: Session, monkeypatch: pytest.MonkeyPatch):
    asked: list[object] = []
    monkeypatch.setattr(jupyter, "let_clicks_overtake_cells", asked.append)
    page: RecordingComm = session.widget.comm
    assert asked == [page]


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [
        (SimpleNamespace(_supports_kernel_subshells=True), False),
        (SimpleNamespace(_supports_kernel_subshells=False), True),
        (SimpleNamespace(), True),  # ipykernel 6
        (None, False),
    ],
)
def test_clicks_wait_in_a_kernel_without_subshells(
    monkeypatch: pytest.MonkeyPatch, session: Session, kernel: object, expected: bool
):
    shell = SimpleNamespace(kernel=kernel)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    assert jupyter.clicks_wait() is expected
    assert session.widget.get_state(["head"])["head"]["clicks_wait"] is expected


def test_clicks_wait_in_marimo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "marimo", ModuleType("marimo"))
    assert jupyter.clicks_wait() is True


def test_clicks_do_not_wait_in_jupyter_because_marimo_was_imported(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(sys.modules, "marimo", ModuleType("marimo"))
    shell = SimpleNamespace(kernel=SimpleNamespace(_supports_kernel_subshells=True))
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    assert jupyter.clicks_wait() is False


def test_in_a_script_no_click_waits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "marimo", raising=False)
    assert jupyter.clicks_wait() is False


# --- the ways of a page of its own ----------------------------------------------------------------


def in_kernel(monkeypatch: pytest.MonkeyPatch, **attributes: object) -> SimpleNamespace:
    """A kernel with these attributes, in which this runs."""
    kernel = SimpleNamespace(**attributes)
    shell = SimpleNamespace(kernel=kernel, user_ns={})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return kernel


def message(comm_id: str, **data: object) -> dict[str, object]:
    return {"content": {"comm_id": comm_id, "data": data}, "buffers": []}


@pytest.mark.parametrize(
    ("kernel", "channel"),
    [
        ({"_supports_kernel_subshells": True, "control_handlers": {}}, "subshell"),
        ({"_supports_kernel_subshells": False, "control_handlers": {}}, "control"),
        ({"control_handlers": {}}, "control"),  # ipykernel 6
        ({"control_handlers": None}, ""),
        ({}, ""),
    ],
)
def test_a_page_is_told_where_messages_are_handled_while_a_cell_runs(
    monkeypatch: pytest.MonkeyPatch, session: Session, kernel: dict[str, object], channel: str
):
    in_kernel(monkeypatch, **kernel)
    assert jupyter.busy_channel() == channel
    assert session.widget.get_state(["busy_channel"]) == {"busy_channel": channel}


def test_outside_of_a_kernel_there_is_no_such_place():
    assert jupyter.busy_channel() == ""


def test_messages_are_addressed_to_the_widgets_comm(session: Session):
    assert session.widget.comm_id == session.widget.model_id == session.widget.comm.comm_id


def test_the_control_channel_of_an_old_kernel_takes_requests(
    monkeypatch: pytest.MonkeyPatch, session: Session
):
    handlers: dict[str, Any] = {}
    in_kernel(monkeypatch, control_handlers=handlers)
    page: RecordingComm = session.widget.comm
    take = handlers["comm_msg"]
    request = {"kind": "request", "id": "r1", "action": "here"}
    take(None, [], message(session.widget.model_id, method="custom", content=request))
    page.wait_for(lambda: bool(page.contents("reply")))

    take(None, [], message("another's", method="custom", content=request))
    take(None, [], {"content": {}})
    session.widget.close()
    take(None, [], message(session.widget.comm_id, method="custom", content=request))
    assert len(page.contents("reply")) == 1


def test_a_handler_that_the_kernel_has_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch, session: Session
):
    handlers: dict[str, Any] = {"comm_msg": "its own"}
    in_kernel(monkeypatch, control_handlers=handlers)
    assert session.widget.comm is not None
    assert handlers == {"comm_msg": "its own"}


def test_a_kernel_with_subshells_gets_no_handler(monkeypatch: pytest.MonkeyPatch, session: Session):
    handlers: dict[str, Any] = {}
    in_kernel(monkeypatch, _supports_kernel_subshells=True, control_handlers=handlers)
    assert session.widget.comm is not None
    assert handlers == {}
