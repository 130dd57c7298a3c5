"""Puts what there is of a record into its file: `pack`, `RecordSummary`."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsession.printing import with_plain_marks
from qsession.records.job_files import json_without_secrets
from qsession.records.schema import HEAD, JOBS, RESULT, SEAL, circuit_file, folder_of
from qsession.render.export import record_as_dict
from qsession.render.text import counted

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.records.partial import PartialRecord, Place


@dataclass(frozen=True)
class RecordSummary:
    """The record that was written.

    Attributes:
        path: The file.
        session_id: The session.
        jobs: How many jobs are in it.
        results: How many of them with their result.
        circuits: How many different circuits they ran.
        size: Bytes of the file.
        problems: What is not in it, and why, by the ids of the jobs.
    """

    path: Path
    session_id: str
    jobs: int
    results: int
    circuits: int
    size: int
    problems: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        """Some lines: what is in it, and what is not."""
        facts = (
            counted(self.jobs, "job"),
            counted(self.results, "result"),
            counted(self.circuits, "circuit"),
            _size_words(self.size),
        )
        lines = [f"Record of {self.session_id} in {self.path}: {', '.join(facts)}"]
        most = 5
        for job_id, problems in list(self.problems.items())[:most]:
            lines.append(f"  {job_id}: {'; '.join(problems)}")
        if len(self.problems) > most:
            lines.append(f"  … and {len(self.problems) - most} more jobs with problems")
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same, with marks that standard output can write."""
        return with_plain_marks(repr(self))


def pack(
    target: Path,
    head: dict[str, Any],
    texts: Mapping[str, bytes],
    records: list[JobRecord],
    partial: PartialRecord,
) -> RecordSummary:
    """Write the zip file, and put it in its place at once."""
    problems: dict[str, tuple[str, ...]] = {}
    results = 0
    used: set[str] = set()
    handle, written = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(written)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                for name, content in texts.items():
                    packed.writestr(name, content)
                    head[name] = _told(content)
                for number, record in enumerate(records):
                    line = partial.line(record.job_id) or {}
                    for name, place in line["files"].items():
                        packed.writestr(f"{folder_of(number)}/{name}", partial.content(place))
                    used.update(line["circuits"])
                    results += f"{RESULT}.json" in line["files"]
                    if line["problems"]:
                        problems[record.job_id] = tuple(line["problems"])
                for digest in sorted(used):
                    content = partial.content(partial.circuits[digest])
                    packed.writestr(circuit_file(digest), content)
                with packed.open(JOBS, "w") as listing:
                    head[JOBS] = _write_lines(listing, records, partial)
                content = json_without_secrets(head, indent=1)
                packed.writestr(HEAD, content)
                packed.comment = f"{SEAL}{sha256(content).hexdigest()}".encode()
            file.flush()
            os.fsync(file.fileno())
        size = temporary.stat().st_size
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    session_id = head["session"]["session_id"]
    return RecordSummary(target, session_id, len(records), results, len(used), size, problems)


def _write_lines(listing: Any, records: list[JobRecord], partial: PartialRecord) -> list[Any]:
    """Write a line for each job; the size and digest of all of them."""
    digest, size = sha256(), 0
    for record in records:
        line = partial.line(record.job_id) or {}
        files: dict[str, Place] = line["files"]
        told = {
            "job": record_as_dict(record),
            "files": {name: place[1:] for name, place in files.items()},
            "circuits": line["circuits"],
            "problems": line["problems"],
        }
        written = json_without_secrets(told) + b"\n"
        listing.write(written)
        digest.update(written)
        size += len(written)
    return [size, digest.hexdigest()]


def _told(content: bytes) -> list[Any]:
    return [len(content), sha256(content).hexdigest()]


def _umask() -> int:
    # There is no way to read it but to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _size_words(size: int) -> str:
    megabyte = 1_000_000
    return f"{size / megabyte:.1f} MB" if size >= megabyte else f"{size / 1000:.1f} kB"
