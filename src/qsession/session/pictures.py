"""A session as text and as HTML, with its jobs: what can be shown without a live view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.errors import in_words
from qsession.model.states import JobStatus
from qsession.printing import with_plain_marks
from qsession.render import html, text

if TYPE_CHECKING:
    from qsession.engines.base import Engine
    from qsession.model.job import JobRecord
    from qsession.session.core import SessionCore


def line_of(core: SessionCore) -> str:
    """One line: what it is, where it runs, how it stands."""
    return text.session_line(core.records.snapshot())


def text_of(core: SessionCore) -> str:
    """Some lines: the facts, and a table of the newest jobs."""
    return with_plain_marks(text.session_text(core.records.snapshot(), core.records.all()))


def html_of(core: SessionCore, *, results: bool, page: bool) -> str:
    """The static picture; `Session.to_html` describes it."""
    records = core.records
    summaries = _summaries(core.engine, records.all()) if results else {}
    newest = records.newest(html.NEWEST_JOBS)
    picture = html.session_html(records.snapshot(), newest, summaries)
    return html.page(picture, records.name or core.backend.name) if page else picture


def _summaries(engine: Engine, records: list[JobRecord]) -> dict[str, str]:
    """Return HTML summaries of the newest jobs' results, by job id."""
    from qsession.render.results import ResultSummary  # noqa: PLC0415 - most pictures need no charts

    done = [record.job_id for record in records if record.status is JobStatus.DONE]
    summaries: dict[str, str] = {}
    for job_id in done[::-1][: html.MOST_RESULTS]:
        try:
            job = engine.job(job_id)
            summary = ResultSummary.of(job.result()) if job is not None else None
        except Exception as error:  # noqa: BLE001 - one result less, for whatever reason
            summaries[job_id] = html.paragraph(in_words(error))
        else:
            summaries[job_id] = "" if summary is None else summary._repr_html_()
    return summaries
