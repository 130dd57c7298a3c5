"""Records for other programs."""

from __future__ import annotations

import csv
import io
import json
import sys

import pytest

from qsession.errors import QSessionError
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.states import JobStatus
from qsession.render.export import (
    records_as_csv,
    records_as_dataframe,
    records_as_dicts,
    records_as_json,
)
from tests.unit.story import at, record

DONE = record(
    "a",
    status=JobStatus.DONE,
    started=at(1),
    finished=at(3.5),
    qpu_seconds=2.5,
    shots=100,
    tags=("x", "y"),
    values=(ExpectationValue(-0.5, 0.1), ExpectationValue(None, None)),
)
QUEUED = record("b", name=None)


def rows_of(*records: JobRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(records_as_csv(records))))


def test_dicts_have_every_field_in_plain_values():
    done, queued = records_as_dicts([DONE, QUEUED])
    assert done == {
        "job_id": "a",
        "name": "bell",
        "primitive": "sampler",
        "status": "DONE",
        "created": "2026-01-31T12:00:00+00:00",
        "started": "2026-01-31T12:00:01+00:00",
        "finished": "2026-01-31T12:00:03.500000+00:00",
        "qpu_seconds": 2.5,
        "shots": 100,
        "tags": ["x", "y"],
        "error": None,
        "values": [{"value": -0.5, "error": 0.1}, {"value": None, "error": None}],
        "are_times_estimated": False,
        "is_qpu_estimated": False,
        "forecast_s": None,
        "service_forecast_s": None,
        "run_seconds": 2.5,
    }
    assert (queued["name"], queued["finished"], queued["values"]) == (None, None, [])


def test_json_is_what_the_dicts_are():
    assert json.loads(records_as_json([DONE, QUEUED])) == records_as_dicts([DONE, QUEUED])
    assert records_as_json([]) == "[]"


def test_csv_has_a_line_a_job_and_the_first_value():
    done, queued = rows_of(DONE, QUEUED)
    assert (done["job_id"], done["status"], done["shots"], done["tags"]) == (
        "a",
        "DONE",
        "100",
        "x y",
    )
    assert (done["value"], done["value_error"], done["run_seconds"]) == ("-0.5", "0.1", "2.5")
    assert (queued["name"], queued["value"], queued["started"]) == ("", "", "")


def test_csv_keeps_lines_quotes_and_separators_of_texts():
    odd = 'a "quoted", and\nbroken; text'
    assert rows_of(record(error=odd))[0]["error"] == odd


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_holds_no_formula(start: str):
    attack = f"{start}cmd|' /C calc'!A0"
    (row,) = rows_of(record(attack, name=attack, error=attack, tags=(attack,), primitive=attack))
    texts = [row[name] for name in ("job_id", "name", "error", "tags", "primitive")]
    assert texts == [f"'{attack}"] * 5


def test_a_dataframe_has_times_and_numbers_of_pandas_own_kind():
    pandas = pytest.importorskip("pandas")
    frame = records_as_dataframe([DONE, QUEUED])
    assert list(frame["job_id"]) == ["a", "b"]
    assert frame["created"][0] == pandas.Timestamp("2026-01-31T12:00:00Z")
    assert frame["finished"].isna().tolist() == [False, True]
    assert frame["value"][0] == -0.5


def test_a_dataframe_of_no_jobs_has_the_columns():
    pytest.importorskip("pandas")
    assert "run_seconds" in records_as_dataframe([]).columns


def test_without_pandas_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(QSessionError, match="pip install pandas"):
        records_as_dataframe([DONE])
