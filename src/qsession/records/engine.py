"""The session of a record, which shows and refuses: `RecordEngine`, on a `RecordBackend`."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from qsession.client_errors import JobLostError, SessionEndedError
from qsession.engines.recovered import RecoveredBackend, RecoveredEngine, story_of
from qsession.engines.recovered_job import RecoveredJob
from qsession.errors import JobFailedError, QSessionError, in_words
from qsession.ledger.entries import SessionEntry, SessionFacts
from qsession.ledger.processes import this_process
from qsession.model.bill import Price, Quota, read_currency
from qsession.model.events import Event, QuotaObserved
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.states import JobStatus, State
from qsession.records.device import target_of
from qsession.records.job_files import read_inputs, read_result
from qsession.records.schema import DEVICE, ERROR, OPTIONS, folder_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

    from qsession.engines.base import RunningOptions
    from qsession.engines.journal import Journal
    from qsession.records.archive import RecordFile

_TIMES = ("created", "started", "finished")


class RecordBackend(RecoveredBackend):
    """The backend of a recorded session: its name and its properties. It runs nothing."""

    def __init__(self, file: RecordFile) -> None:
        super().__init__(str(file.head["session"]["backend"]))
        self.file = file

    def engine_class(self) -> type[RecoveredEngine]:
        """The engine that shows the record."""
        return RecordEngine

    @property
    def target(self) -> Target:
        """The target at the time of the record; empty if it is not known."""
        return self._recorded_target

    @cached_property
    def _recorded_target(self) -> Target:
        told = self.file.head.get(DEVICE)
        device = json.loads(self.file.read(DEVICE, told))
        return self._target if "problem" in device else target_of(device)

    def run(self, run_input: Any, **options: Any) -> NoReturn:  # noqa: ARG002 - Qiskit's signature
        """Refuse.

        Raises:
            SessionEndedError: Always.
        """
        raise SessionEndedError(f"{self.file.path} is a record of {self.name}: it runs nothing.")


class RecordEngine(RecoveredEngine):
    """Shows a session as its record has it, and changes nothing."""

    longest_max_time_s: ClassVar[int] = 10**9
    """That of the service at the time, whatever it was."""

    def __init__(
        self,
        backend: BackendV2,
        journal: Journal,
        running: RunningOptions | None = None,
    ) -> None:
        if not isinstance(backend, RecordBackend):
            raise TypeError(f"{backend!r} is not the backend of a record")
        super().__init__(backend, journal, running)
        self._file = backend.file
        self.is_paid = bool(self._file.head["session"].get("is_paid"))

    def attach(self, session_id: str) -> None:
        """Take in what the record has. The ledger is not told: it is somebody else's session.

        Raises:
            RecordError: If the record is damaged.
        """
        if self._journal.keeper is not None:
            self._journal.unsubscribe(self._journal.keeper)  # type: ignore[arg-type]  # a recorder
            self._journal.keeper = None
        entry = _entry(self._file.head, session_id)
        lines = list(self._file.lines())
        places = [Place(self._file, number, line) for number, line in enumerate(lines)]
        known = [_record_of(line["job"]) for line in lines]
        events, records = story_of(entry, [_as_ended(record, entry) for record in known])
        with self._journal.lock:
            # Not what the reader of the record has configured.
            self._journal.state.price = _price_of(self._file.head)
            self._journal.record(*events, *_quota_observed(self._file.head))
            self._jobs = {
                record.job_id: RecordJob(record, self.backend, session_id, place)
                for record, place in zip(records, places, strict=True)
            }

    def _refuse(self) -> NoReturn:
        self._journal.require_accepting_jobs()
        raise SessionEndedError("This is the record of a session: nothing can be run in it.")


def _entry(head: Mapping[str, Any], session_id: str) -> SessionEntry:
    """The session of a record in the form in which the ledger keeps sessions."""
    told = head["session"]
    state, made = State(told["state"]), datetime.fromisoformat(head["made"])
    ended, reason = _time(told["ended"]), told["ended_reason"]
    if not state.is_terminal:
        reason = f"the record was made when it was {state.label.lower()}"
        state, ended = State.CLOSED, made
    facts = SessionFacts("local", told["backend"], told["mode"], told["name"])
    return SessionEntry(
        session_id=session_id,
        facts=facts,
        state=state,
        opened=_time(told["opened"]) or made,
        ended=ended or made,
        ended_reason=reason,
        usage_s=float(told["usage_s"]),
        process=this_process(),
        notebook=None,
        seen=made,
        jobs=0,
    )


def _price_of(head: Mapping[str, Any]) -> Price | None:
    told = (head.get("bill") or {}).get("price")
    return (
        None if told is None else Price(float(told["per_minute"]), read_currency(told["currency"]))
    )


def _quota_observed(head: Mapping[str, Any]) -> list[Event]:
    told = (head.get("bill") or {}).get("quota")
    if told is None:
        return []
    known = {field.name: told.get(field.name) for field in fields(Quota)}
    asked = datetime.fromisoformat(told["asked"])
    return [QuotaObserved(asked, Quota(**{**known, "asked": asked}))]


def _record_of(told: Mapping[str, Any]) -> JobRecord:
    """A job's record; what a later release knows besides is left out."""
    known = {field.name for field in fields(JobRecord)}
    given = {name: value for name, value in told.items() if name in known}
    given |= {name: _time(given.get(name)) for name in _TIMES}
    given["status"] = JobStatus(told["status"])
    given["tags"] = tuple(told.get("tags", ()))
    given["values"] = tuple(
        ExpectationValue(each["value"], each["error"]) for each in told.get("values", ())
    )
    return JobRecord(**given)


def _as_ended(record: JobRecord, entry: SessionEntry) -> JobRecord:
    if record.status.is_final:
        return record
    error = f"It was {record.status.lower()} when the record was made."
    return replace(record, status=JobStatus.ERROR, finished=entry.seen, error=error)


def _time(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


@dataclass(frozen=True)
class Place:
    """The place of the files of a job.

    Attributes:
        file: The record.
        number: The place of the job among the jobs.
        line: Its line.
    """

    file: RecordFile
    number: int
    line: Mapping[str, Any]

    def read(self, name: str) -> bytes | None:
        """The content of one of the job's files; None if there is none."""
        told = self.line["files"].get(name)
        return None if told is None else self.file.read(f"{folder_of(self.number)}/{name}", told)

    def json(self, name: str) -> Any:
        """The same of a JSON file, read."""
        content = self.read(name)
        return None if content is None else json.loads(content)


class RecordJob(RecoveredJob):
    """A job of a record, with what it ran and what it gave. Both are read when asked for."""

    def __init__(
        self, record: JobRecord, backend: BackendV2, session_id: str, place: Place
    ) -> None:
        super().__init__(record, backend, session_id)
        self._place = place

    @property
    def inputs(self) -> Any:
        """The inputs of the job, as it had them; empty if the record has none.

        Raises:
            RecordError: If the record is damaged.
            JobLostError: If this release of Qiskit cannot read it.
        """
        try:
            found = read_inputs(self._place.read, self._place.file.circuit)
        except QSessionError:
            raise
        except Exception as error:
            raise JobLostError(
                f"What job {self.job_id()} ran cannot be read here: {in_words(error)}."
            ) from error
        return {} if found is None else found

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of its primitive, as JSON."""
        return self._place.json(OPTIONS) or {}

    @property
    def code(self) -> list[str]:
        """The lines of Python that give its result."""
        record, job_id = json.dumps(str(self._place.file.path)), json.dumps(self.job_id())
        return [
            f"session.job({job_id}).result()",
            f"qsession.open_record({record}).job({job_id}).result()",
        ]

    @property
    def failure(self) -> Mapping[str, str] | None:
        """The type, message and traceback of what it failed with; None if it did not."""
        found: Mapping[str, str] | None = self._place.json(ERROR)
        return found

    def _read(self) -> Any:
        if self.errored():
            failure = self.failure
            words = self.record.error if failure is None else "{type}: {message}".format(**failure)
            raise JobFailedError(words or f"Job {self.job_id()} failed.")
        if self.cancelled():
            return super()._read()
        try:
            found = read_result(self._place.read)
        except QSessionError:
            raise
        except Exception as error:
            raise JobLostError(
                f"The result of job {self.job_id()} cannot be read here: {in_words(error)}."
            ) from error
        if found is None:
            why = "; ".join(self._place.line.get("problems", ())) or "it is not in it"
            raise JobLostError(f"The record has no result of job {self.job_id()}: {why}.")
        return found
