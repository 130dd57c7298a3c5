"""A fake of Google Colab: its modules, its cells, and a page that hears the cells' thread alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    import pytest

MANAGER_URL = "https://ssl.gstatic.com/colaboratory-static/widgets/manager.js"


class ColabComm(RecordingComm):
    """Passes on what the cells' thread sends, and holds back all else until the next cell."""

    def __init__(self, **kwargs: Any) -> None:
        self.held = 0
        self._cells = threading.get_ident()
        super().__init__(**kwargs)

    def publish_msg(self, *args: Any, **kwargs: Any) -> None:
        """What `comm` calls to send."""
        if threading.get_ident() == self._cells:
            super().publish_msg(*args, **kwargs)
        else:
            self.held += 1


class Colab:
    """The Python side of Colab, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.managers_enabled = 0
        self._callbacks: dict[str, list[Callable[..., None]]] = {"post_run_cell": []}
        events = SimpleNamespace(
            callbacks=self._callbacks,
            register=lambda name, callback: self._callbacks[name].append(callback),
            trigger=lambda *_: None,
        )
        shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=dict), events=events, user_ns={})
        output = ModuleType("google.colab.output")
        output.__dict__.update(
            enable_custom_widget_manager=self._enable,
            _widgets=SimpleNamespace(_installed_url=MANAGER_URL),
        )
        for name in ("google", "google.colab"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, output.__name__, output)
        monkeypatch.setattr("comm.create_comm", ColabComm)
        monkeypatch.setattr("IPython.get_ipython", lambda: shell)
        monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)

    def end_cell(self) -> None:
        """What IPython does when a cell has run."""
        for callback in self._callbacks["post_run_cell"]:
            callback(None)

    def _enable(self) -> None:
        self.managers_enabled += 1
