"""One request and one answer, free of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

BASE_PATH = "/experimental/api/v1"
"""The client uses an address as it is, port included, if it contains "experimental"."""

Delivery = Literal["whole", "cut short", "reset"]


@dataclass(frozen=True)
class Request:
    """What a client asks for."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """The path; that of the REST API without its base."""
        return urlsplit(self.target).path.removeprefix(BASE_PATH)

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The parameters behind the question mark."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def of_api(self) -> bool:
        """Whether it is for the REST API; else for the account's services around it."""
        return self.target.startswith(BASE_PATH)

    @cached_property
    def content(self) -> Any:
        """The body, read if it is JSON."""
        text = self.body.decode(errors="replace")
        if "json" not in self.headers.get("content-type", ""):
            return text
        try:
            return json.loads(text) if text else None
        except json.JSONDecodeError:
            return text


@dataclass(frozen=True)
class Reply:
    """What the service answers."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = "whole"

    @classmethod
    def of_json(cls, content: Any, status: int = 200) -> Reply:
        """An answer of JSON."""
        return cls(status, json.dumps(content).encode())

    @classmethod
    def of_text(cls, text: str) -> Reply:
        """An answer of plain text."""
        return cls(200, text.encode(), "text/plain")

    def as_bytes(self, phrase: str) -> bytes:
        """Header and body in one piece."""
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.status != 204:
            lines.append(f"Content-Type: {self.content_type}")
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


NO_CONTENT = Reply(204)
