"""A page of a real kernel: messages over its own sockets, through ipykernel and ipywidgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.support.patience import PATIENCE_S

OPEN = """
from qsession import Session, dashboard
session = Session("fake_manila", name="mine")
board = dashboard()
box = board.widget
(list_,) = box.children
widgets = {"session": session.widget, "dashboard": list_, "box": box}
"""

STATE = """
import json
moving = {"head", "rows", "seq", "overview", "_view_count"}
print(json.dumps({
    name: {"id": widget.model_id, "state": {key: value for key, value in
        widget.get_state().items() if key not in moving}}
    for name, widget in widgets.items()
}, default=str))
"""


class Page:
    """The end of a kernel's sockets that a front end has."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> str:
        """Run a cell, and give what it printed."""
        printed: list[str] = []

        def take(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(code, timeout=PATIENCE_S, output_hook=take)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(printed)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(STATE))
        return found

    def send(self, comm_id: str, data: object) -> None:
        """Send a message of a widget's model, and wait until the kernel has taken it."""
        content = {"comm_id": comm_id, "data": data}
        message = self._client.session.msg("comm_msg", content)
        self._client.shell_channel.send(message)
        self.run("pass")


@pytest.fixture
def page() -> Iterator[Page]:
    manager, client = start_new_kernel(startup_timeout=PATIENCE_S, kernel_name="python3")
    try:
        yield Page(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_page_sets_no_trait_of_a_widget(page: Page):
    page.run(OPEN)
    before = page.state()
    for found in before.values():
        hostile = dict.fromkeys(found["state"], "export default { render() { alert(1) } }")
        page.send(found["id"], {"method": "update", "state": hostile, "buffer_paths": []})
        for key, value in hostile.items():
            page.send(found["id"], {"method": "update", "state": {key: value}})
        page.send(found["id"], {"method": "update", "state": {"_view_count": 3}})
    assert page.state() == before
    counts = page.run("print([widget._view_count for widget in widgets.values()])")
    assert json.loads(counts) == [3, 3, 3]
