"""Writes the record of a session: `export_record`."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from qsession.errors import InvalidInputError, RecordError, in_words, shown
from qsession.forks import ForkSafeLock, in_child
from qsession.records.archive import RecordFile
from qsession.records.device import device_as_dict
from qsession.records.job_files import JobFiles, files_of, json_without_secrets
from qsession.records.packing import RecordSummary, pack
from qsession.records.partial import PartialRecord
from qsession.records.progress import Progress, shown_progress
from qsession.records.schema import (
    DEVICE,
    FORMAT,
    PICTURE,
    README,
    README_TEXT,
    SCHEMA,
)
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from qsession.engines.base import Job
    from qsession.model.bill import Bill, Quota
    from qsession.model.job import JobRecord
    from qsession.model.snapshot import SessionSnapshot

_RELEASES: Final = ("qsession", "qiskit", "qiskit-aer", "qiskit-ibm-runtime", "numpy")

_LONGEST_LOOK_S: Final = 5.0
"""So long it may take to look at jobs that are pending."""

_MOST_FAILURES: Final = 3
"""So many jobs in a row that cannot be fetched, and the service is not asked for more."""


class ExportedSession(Protocol):
    """A session, as whoever writes its record sees it: by public names."""

    @property
    def session_ids(self) -> list[str]:
        """The ids of all the sessions that it went through."""
        ...

    def job(self, job_id: str) -> Job:
        """The live job with this id."""
        ...

    def backend(self) -> Any:
        """The name of its backend."""
        ...

    def to_html(self, *, page: bool = False) -> str:
        """The static picture."""
        ...


class ExportedRecords(Protocol):
    """The records of a session, as whoever writes them sees them."""

    def snapshot(self) -> SessionSnapshot:
        """The session at this moment, without its jobs."""
        ...

    def all(self) -> list[JobRecord]:
        """The records of all jobs, oldest first."""
        ...


_writing: set[Path] = set()
_lock = ForkSafeLock()
in_child(_writing.clear)  # the parent writes them


def export_record(  # noqa: PLR0913 - three are options
    session: ExportedSession,
    known: ExportedRecords,
    backend: Any,
    path: str | os.PathLike[str],
    *,
    catch_up: Callable[[float], object],
    progress: bool | Callable[[int, int], object] = True,
    overwrite: bool = False,
) -> RecordSummary:
    """Write the record of a session into a file, job by job.

    The file appears when it is whole. What is there when this is interrupted is kept beside it, and
    the next call goes on from there.

    Args:
        session: The session.
        known: What is known of it.
        backend: Its backend.
        path: The file; one that is a record of the same session is replaced.
        catch_up: Has the session know how far its jobs are by now, within seconds.
        progress: Whether to show a bar, or what to call with the number of jobs that are in it and
            the number of all.
        overwrite: Whether to replace whatever is there.

    Raises:
        InvalidInputError: If the session has not been opened, or something else is at the path.
        RecordError: If it is being written already, or a service does not give its jobs.
        OSError: If the file cannot be written.
    """
    session_id = known.snapshot().session_id
    if session_id is None:
        raise InvalidInputError("There is nothing to export: no job has run in the session yet.")
    target = _read_path(path, session_id, overwrite=overwrite)
    catch_up(_LONGEST_LOOK_S)
    snapshot, records = known.snapshot(), known.all()
    # What is kept has to be of this session, and written as it would be now.
    key = {"session_id": session_id, "schema": SCHEMA, "releases": _releases()}
    with (
        _alone(target),
        shown_progress(progress, len(records)) as told,
        PartialRecord(target.with_name(f"{target.name}.partial"), key) as partial,
    ):
        try:
            _collect(session, records, partial, told)
        except BaseException as error:
            error.add_note(
                f"What there is of the record is kept in {target}.partial: exporting it again "
                "goes on from there."
            )
            raise
        head = {
            "format": FORMAT,
            "schema": SCHEMA,
            "made": datetime.now(UTC).isoformat(),
            "versions": _releases(),
            "session": {**_facts(snapshot), "session_ids": session.session_ids},
            "bill": _bill(snapshot.bill),
        }
        texts = {
            README: README_TEXT.format(file=target.name).encode(),
            PICTURE: _picture(session, snapshot.quota).encode(),
            **_device(backend),
        }
        summary = pack(target, head, texts, records, partial)
        partial.remove()
    return summary


def _read_path(path: str | os.PathLike[str], session_id: str, *, overwrite: bool) -> Path:
    try:
        target = Path(path).expanduser().absolute()
    except TypeError:
        raise InvalidInputError(
            f'path={shown(path)} is no path of a file, such as "study.zip".'
        ) from None
    if not target.parent.is_dir():
        raise InvalidInputError(f"There is no folder {target.parent} for the record {target.name}.")
    if target.is_dir():
        raise InvalidInputError(f'{target} is a folder. Name a file, such as "study.zip".')
    if target.exists() and not overwrite and _session_of(target) != session_id:
        raise InvalidInputError(
            f"{target} is there already, and no record of this session. Name another file, or "
            "replace it with overwrite=True."
        )
    return target


def _session_of(path: Path) -> str | None:
    """The session whose record a file is; None if it is none."""
    try:
        found = RecordFile(path).head["session"]["session_id"]
    except (RecordError, LookupError, TypeError):
        return None
    return found if isinstance(found, str) else None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with _lock:
        if path in _writing:
            raise RecordError(f"{path} is being written by another thread. Wait for it.")
        _writing.add(path)
    try:
        yield
    finally:
        with _lock:
            _writing.discard(path)


def _collect(
    session: ExportedSession, records: list[JobRecord], partial: PartialRecord, told: Progress
) -> None:
    """Have of each job what it ran and gave."""
    failures = 0
    for number, record in enumerate(records, 1):
        known = partial.line(record.job_id)
        is_known = known is not None and known["is_fetched"] and known["status"] == record.status
        if not is_known:
            found = _files_of(session, record)
            partial.add(record.job_id, found, {"status": record.status.value})
            failures = 0 if found.is_fetched else failures + 1
            if failures == _MOST_FAILURES:
                raise RecordError(
                    f"{failures} jobs in a row could not be fetched, the last one because "
                    f"{found.problems[-1]}. Export again when the service answers."
                )
        told(number, len(records))


def _files_of(session: ExportedSession, record: JobRecord) -> JobFiles:
    try:
        job = session.job(record.job_id)
    except Exception as error:  # noqa: BLE001 - whatever the service or the client raises
        found = JobFiles(is_fetched=False)
        found.note_problem("it could not be fetched", error)
        return found
    return files_of(job, record)


def _picture(session: ExportedSession, quota: Quota | None) -> str:
    """The picture for a browser. An instance is not named: it is somebody's account."""
    picture = redacted(session.to_html(page=True))
    instance = None if quota is None else quota.instance
    return picture.replace(escape(instance), "the instance") if instance else picture


def _device(backend: Any) -> dict[str, bytes]:
    try:
        return {DEVICE: json_without_secrets(device_as_dict(backend), indent=1)}
    except Exception as error:  # noqa: BLE001 - it is the backend's own code
        told = {"name": str(backend.name), "problem": in_words(error)}
        return {DEVICE: json_without_secrets(told)}


def _facts(snapshot: SessionSnapshot) -> dict[str, Any]:
    """The facts of the session itself. Times are ISO 8601 in UTC, spans seconds."""
    times = ("opened", "started", "ended", "now")
    names = (
        "session_id", "name", "backend", "mode", "ended_reason", "max_time_s", "limit_s",
        "interactive_timeout_s", "usage_s", "qpu_s", "is_paid", "error",
    )  # fmt: skip
    return {
        "state": snapshot.state.value,
        **{name: getattr(snapshot, name) for name in names},
        **{name: _iso(getattr(snapshot, name)) for name in times},
        "counts": {status.value: count for status, count in snapshot.counts.items()},
    }


def _bill(bill: Bill) -> dict[str, Any]:
    """The bill. Spans are seconds, money is estimated; the instance is not named."""
    quota = bill.quota
    return {
        "usage_s": bill.usage_s,
        "qpu_s": bill.qpu_s,
        "idle_s": bill.idle_s,
        "price": None if bill.price is None else asdict(bill.price),
        "cost": bill.cost,
        "idle_cost": bill.idle_cost,
        "quota": None
        if quota is None
        else {**asdict(quota), "instance": None, "asked": _iso(quota.asked)},
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _releases() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": platform.system()}
    for name in _RELEASES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
