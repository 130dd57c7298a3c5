"""The records of jobs for other programs: dicts, JSON, CSV, and a pandas DataFrame."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from qsession.errors import QSessionError
from qsession.model.job import JobRecord

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""The characters that begin a formula in a spreadsheet."""

_TIMES = ("created", "started", "finished")


def records_as_dicts(records: Iterable[JobRecord]) -> list[dict[str, Any]]:
    """One dict a job, oldest first, with the fields of `JobRecord` and ``run_seconds``.

    Times are ISO 8601 in UTC, spans seconds; every value can be written as JSON.
    """
    return [record_as_dict(record) for record in records]


def records_as_json(records: Iterable[JobRecord]) -> str:
    """A JSON array of what `records_as_dicts` gives."""
    return json.dumps(records_as_dicts(records), indent=1, ensure_ascii=False, allow_nan=False)


def records_as_csv(records: Iterable[JobRecord]) -> str:
    """A table with a head line and a line a job.

    Tags are joined by spaces; of expectation values there are the first and its error. Texts that
    a spreadsheet would take for a formula begin with an apostrophe: a job's name or error may come
    from anywhere.
    """
    written = io.StringIO()
    table = csv.DictWriter(written, _COLUMNS, lineterminator="\r\n")
    table.writeheader()
    for record in records:
        table.writerow({name: _safe(cell) for name, cell in _flat(record).items()})
    return written.getvalue()


def records_as_dataframe(records: Iterable[JobRecord]) -> Any:
    """A DataFrame with a row a job, oldest first; times are of pandas' own kind, in UTC.

    Raises:
        QSessionError: If pandas is not installed.
    """
    try:
        import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415 - optional
    except ImportError as missing:
        raise QSessionError(
            "A DataFrame needs pandas, which is not installed: pip install pandas. Without it, "
            "to_dicts(), to_json() and to_csv() give the same."
        ) from missing
    frame = pd.DataFrame([_flat(record) for record in records], columns=_COLUMNS)
    for name in _TIMES:
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame


def record_as_dict(record: JobRecord) -> dict[str, Any]:
    """One job, as `records_as_dicts` gives it."""
    told = {field.name: getattr(record, field.name) for field in fields(record)}
    for name in _TIMES:
        told[name] = None if told[name] is None else told[name].isoformat()
    told["status"] = record.status.value
    told["tags"] = list(record.tags)
    told["values"] = [value._asdict() for value in record.values]  # noqa: PD011 - no pandas object
    told["run_seconds"] = record.run_seconds
    return told


def _flat(record: JobRecord) -> dict[str, Any]:
    told = record_as_dict(record)
    del told["values"]
    first = next(iter(record.values), None)
    return {
        **told,
        "tags": " ".join(record.tags),
        "value": None if first is None else first.value,
        "value_error": None if first is None else first.error,
    }


_COLUMNS = [
    *(field.name for field in fields(JobRecord) if field.name != "values"),
    "run_seconds",
    "value",
    "value_error",
]


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
