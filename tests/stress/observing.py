"""Observers of a session, and whether they were told of what it has become: `Observers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from qsession import Session
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from tests.stress.noticing import comes_true

Trait = Literal["state", "jobs"]


@dataclass
class _TraitObserver:
    """Hears of a trait of the session."""

    session: Session
    trait: Trait
    changes: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session.observe(self.changes.append, names=self.trait)
        self._at_first = getattr(self.session, self.trait)
        """As it was when it could be sure to be told of the next change."""

    def knows_the_end(self) -> bool:
        now = getattr(self.session, self.trait)
        known = self.changes[-1].new if self.changes else self._at_first
        return bool(known == now)

    def complaints(self) -> Iterator[str]:
        if not comes_true(self.knows_the_end):
            yield f"an observer of {self.trait} was not told of the end: {self.changes[-1:]}"
        for before, after in pairwise(list(self.changes)):
            if before.new != after.old:
                yield f"an observer of {self.trait} missed what is between {before} and {after}"


@dataclass
class _JobObserver:
    """Hears of jobs whose status changes."""

    session: Session
    told: dict[str, JobStatus] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.on_job(self._hear)
        ended = [record for record in self.session.jobs if record.status.is_final]
        self._may_be_unknown = {record.job_id for record in ended}
        self._after_its_end: list[JobRecord] = []

    def _hear(self, record: JobRecord) -> None:
        known = self.told.get(record.job_id)
        if known is not None and known.is_final:
            self._after_its_end.append(record)
        self.told[record.job_id] = record.status

    def _untold(self) -> list[str]:
        return [
            record.job_id
            for record in self.session.jobs
            if record.job_id not in self._may_be_unknown
            and self.told.get(record.job_id) is not record.status
        ]

    def complaints(self) -> Iterator[str]:
        if not comes_true(lambda: not self._untold()):
            yield f"on_job was not told how these ended: {self._untold()}"
        if self._after_its_end:
            yield f"on_job was told of jobs that had ended: {self._after_its_end}"


class Observers:
    """Those of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._observers: list[_TraitObserver | _JobObserver] = []

    def add(self, number: int) -> None:
        """Add one, of the state, of the jobs, or of each job's status."""
        kinds: list[Any] = [
            lambda: _TraitObserver(self._session, "state"),
            lambda: _TraitObserver(self._session, "jobs"),
            lambda: _JobObserver(self._session),
        ]
        self._observers.append(kinds[number % len(kinds)]())

    def complaints(self) -> list[str]:
        """What they were not told of; to be asked when the session and its jobs have ended."""
        return [words for observer in self._observers for words in observer.complaints()]
