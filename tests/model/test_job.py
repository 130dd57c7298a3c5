"""What is remembered of a job."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from qsession.model.states import JobStatus
from tests.unit.story import NOON, at, record


def test_a_record_is_frozen():
    with pytest.raises(FrozenInstanceError):
        record().status = JobStatus.DONE  # type: ignore[misc]  # what is tested


def test_a_record_takes_no_other_attributes():
    with pytest.raises((AttributeError, TypeError)):
        record().stauts = JobStatus.DONE  # type: ignore[attr-defined]  # what is tested


def test_records_of_equal_content_are_equal():
    assert record() == record()
    assert hash(record()) == hash(record())
    assert record() != replace(record(), shots=5)


def test_what_is_not_known_yet_is_none():
    new = record()
    assert (new.started, new.finished, new.qpu_seconds, new.shots, new.error) == (None,) * 5
    assert new.tags == ()


@pytest.mark.parametrize(
    ("started", "finished", "run_seconds"),
    [
        (None, None, None),
        (at(5), None, None),
        (None, at(7), None),  # cancelled while it was queued
        (at(5), at(7.5), 2.5),
        (at(5), at(5), 0.0),
        (at(5), at(4), 0.0),  # the clock was corrected in between
    ],
)
def test_run_seconds_is_the_time_from_start_to_end(started, finished, run_seconds):
    assert record(created=NOON, started=started, finished=finished).run_seconds == run_seconds
