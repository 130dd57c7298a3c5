"""What tests do with records, each in a line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qsession import Session
from qsession.ledger.result_codec import encode_result
from qsession.records.packing import RecordSummary


def export(session: Session, path: Path, **options: Any) -> RecordSummary:
    """Write the record of a session."""
    options = {"progress": False, **options}
    return session.export(path, **options)


def is_same(result: Any, other: Any) -> bool:
    """Whether two results are equal in everything, metadata and kinds of numbers included."""
    encoded = encode_result(result)
    return encoded is not None and encoded == encode_result(other)


def names_in(path: Path) -> set[str]:
    """The files in a record."""
    with zipfile.ZipFile(path) as file:
        return set(file.namelist())


def content_of(path: Path, name: str) -> bytes:
    """One of them."""
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def all_of(path: Path) -> bytes:
    """All that is in a record, one behind the other, and the arrays in it."""
    with zipfile.ZipFile(path) as file:
        return b"\n".join([file.comment, *map(file.read, file.namelist())])


def json_of(path: Path, name: str) -> Any:
    """One of them, read."""
    return json.loads(content_of(path, name))


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Pack a record again with other files, and the comment that it had."""
    with zipfile.ZipFile(path) as file:
        files, comment = {name: file.read(name) for name in file.namelist()}, file.comment
    change(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
        file.comment = comment
    return path
