"""A comm whose other end is the test: `RecordingComm`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from comm.base_comm import BaseComm
from jupyter_client.session import json_packer

from tests.support.patience import PATIENCE_S


class RecordingComm(BaseComm):
    """Keeps what the widget sends, and sends what the page would."""

    def __init__(self, **kwargs: Any) -> None:
        self._came = threading.Condition()
        self.messages: list[tuple[str, Any]] = []
        """Type and data of every message, oldest first."""
        super().__init__(**kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any
    ) -> None:
        """What `comm` calls to send."""
        packed = json_packer(data)  # as the kernel does
        packed.decode()  # as the page does
        with self._came:
            self.messages.append((msg_type, data))
            self._came.notify_all()

    def contents(self, kind: str) -> list[Any]:
        """The custom messages of one kind."""
        customs = [data["content"] for _, data in self.messages if data.get("method") == "custom"]
        return [content for content in customs if content["kind"] == kind]

    def updates(self) -> list[Any]:
        """The states that were sent after the first one."""
        return [data["state"] for _, data in self.messages if data.get("method") == "update"]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until what was sent fulfils the condition."""
        with self._came:
            assert self._came.wait_for(condition, PATIENCE_S), self.messages[-3:]

    def receive(self, content: object) -> None:
        """Send a custom message as the page does."""
        self.receive_data({"method": "custom", "content": content})

    def receive_data(self, data: object) -> None:
        """Send any message as the page does."""
        self.handle_msg({"content": {"data": data}, "buffers": []})

    def ask(self, action: object, **extra: object) -> Any:
        """Send a request and wait for its reply."""
        request_id = f"r{len(self.messages)}"
        self.receive({"kind": "request", "id": request_id, "action": action, **extra})

        def replies() -> list[Any]:
            return [reply for reply in self.contents("reply") if reply["id"] == request_id]

        self.wait_for(lambda: bool(replies()))
        (reply,) = replies()
        return reply
