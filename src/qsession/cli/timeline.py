"""A session's time as one line of a terminal: `timeline`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.model.snapshot import SessionSnapshot

_RUNNING, _WAITING, _IDLE = "█", "▒", "─"
_STYLES = {_RUNNING: "green", _WAITING: "cyan", _IDLE: "dim"}


def timeline(snapshot: SessionSnapshot, jobs: Sequence[JobRecord], width: int) -> Text:
    """Draw what went on from the opening of a session until now, or until its end.

    Args:
        snapshot: The session.
        jobs: Its jobs.
        width: Characters that there are.

    Returns:
        A line in which each character is a stretch of time: a job ran in it, one waited, or none
        did; with the times of both ends below. Empty before the session is opened.
    """
    begin = snapshot.opened
    if begin is None:
        return Text()
    end = max(snapshot.ended or snapshot.now, begin)
    cells = [_IDLE] * width
    for job in jobs:
        _fill(cells, _WAITING, job.created, job.started or job.finished or end, (begin, end))
    for job in jobs:
        if job.started is not None:
            _fill(cells, _RUNNING, job.started, job.finished or end, (begin, end))
    drawn = Text()
    for cell in cells:
        drawn.append(cell, style=_STYLES[cell])
    left, right = (f"{moment.astimezone():%H:%M:%S}" for moment in (begin, end))
    legend = f"{_RUNNING} running  {_WAITING} waiting  {_IDLE} idle"
    room = width - len(left) - len(right)
    return Text("\n").join([drawn, Text(f"{left}{legend:^{max(room, 0)}}{right}", style="dim")])


def _fill(
    cells: list[str],
    mark: str,
    start: datetime,
    stop: datetime,
    ends: tuple[datetime, datetime],
) -> None:
    """Mark the cells of a stretch; one that is shorter than a cell has one all the same."""
    begin, end = ends
    whole_s = (end - begin).total_seconds() or 1.0
    last = len(cells) - 1
    first_cell, last_cell = (
        min(max(int((moment - begin).total_seconds() / whole_s * len(cells)), 0), last)
        for moment in (start, stop)
    )
    cells[first_cell : last_cell + 1] = [mark] * (last_cell + 1 - first_cell)
