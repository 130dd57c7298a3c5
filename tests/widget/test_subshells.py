"""Clicks overtake a running cell where the kernel lets them."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

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
