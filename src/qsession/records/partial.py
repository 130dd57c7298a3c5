"""The part of a record that has been written, kept until the record is whole: `PartialRecord`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

    from qsession.records.job_files import JobFiles

Place = tuple[int, int, str]
"""The place of bytes in the file of contents: offset, size, sha256."""


class PartialRecord:
    """Two files beside the record: contents, and a line for each job whose contents are all there.

    A line is written after what it tells of, so that a process may be killed at any moment: the
    next one goes on behind the last line that is true. In memory there is only where lines are.

    Args:
        path: The path of the contents; the lines are beside it.
        key: What the record is of. If another was begun there, it is given up.
    """

    def __init__(self, path: Path, key: Mapping[str, Any]) -> None:
        self._paths = (path, path.with_name(f"{path.name}.jsonl"))
        for each in self._paths:
            each.touch()
        self._contents, self._lines = (each.open("r+b") for each in self._paths)
        self._jobs: dict[str, tuple[int, int]] = {}
        self.circuits: dict[str, Place] = {}
        self._take_up(json.dumps(key).encode())

    def line(self, job_id: str) -> dict[str, Any] | None:
        """The line of a job; None if it is not there yet."""
        place = self._jobs.get(job_id)
        if place is None:
            return None
        begin, size = place
        self._lines.seek(begin)
        found: dict[str, Any] = json.loads(self._lines.read(size))
        return found

    def add(self, job_id: str, found: JobFiles, facts: Mapping[str, Any]) -> None:
        """Keep what was found of a job, in place of what was known of it before."""
        new = {
            each: self._put(found.circuits[each]) for each in found.circuits.keys() - self.circuits
        }
        line = {
            "job_id": job_id,
            **facts,
            "files": {name: self._put(content) for name, content in found.files.items()},
            "circuits": sorted(found.circuits),
            "new_circuits": new,
            "problems": found.problems,
            "is_fetched": found.is_fetched,
        }
        self._contents.flush()
        self._lines.seek(0, 2)
        begin = self._lines.tell()
        written = json.dumps(line).encode()
        self._lines.write(written + b"\n")
        self._lines.flush()
        self._take_line(line, begin, len(written))

    def content(self, place: Place) -> bytes:
        """The bytes at a place."""
        begin, size, _ = place
        self._contents.seek(begin)
        return self._contents.read(size)

    def remove(self) -> None:
        """Remove both files: the record is whole."""
        self.close()
        for each in self._paths:
            each.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of both files, for another time."""
        self._contents.close()
        self._lines.close()

    def __enter__(self) -> Self:
        """Keep it open for a block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Let go of it."""
        self.close()

    def _put(self, content: bytes) -> Place:
        self._contents.seek(0, 2)
        begin = self._contents.tell()
        self._contents.write(content)
        return begin, len(content), sha256(content).hexdigest()

    def _take_line(self, line: Mapping[str, Any], begin: int, size: int) -> None:
        self._jobs[line["job_id"]] = (begin, size)
        self.circuits |= line["new_circuits"]

    def _take_up(self, key: bytes) -> None:
        """Read the lines that are there, as far as they are true, and cut off what follows."""
        self._lines.seek(0)
        if self._lines.readline() != key + b"\n":
            self._lines.seek(0)
            self._lines.truncate()
            self._lines.write(key + b"\n")
            self._lines.flush()
            self._contents.truncate(0)
            return
        contents_end, lines_end = 0, self._lines.tell()
        for written in self._lines:
            places = self._places(written)
            if places is None:
                break
            self._take_line(json.loads(written), lines_end, len(written) - 1)
            lines_end += len(written)
            contents_end = max([contents_end, *(begin + size for begin, size, _ in places)])
        self._lines.truncate(lines_end)
        self._contents.truncate(contents_end)

    def _places(self, written: bytes) -> list[Place] | None:
        """The places that a line tells of; None if the line or one of them is not whole."""
        if not written.endswith(b"\n"):
            return None
        try:
            line = json.loads(written)
        except ValueError:
            return None
        places = [*line["files"].values(), *line["new_circuits"].values()]
        are_whole = all(sha256(self.content(each)).hexdigest() == each[2] for each in places)
        return places if are_whole else None
