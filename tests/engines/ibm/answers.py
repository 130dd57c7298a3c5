"""Answers of the service, as its JSON reads, and a session that has been told some."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from qsession.engines.ibm.reading import ServerTime, read_jobs, read_session
from qsession.model.events import SessionOpened
from qsession.model.session_state import Limits, SessionState

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
TRUE_TIME = ServerTime()


def at(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    """The same as the service writes it."""
    return at(seconds).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def a_session(state: str = "open", **fields: Any) -> dict[str, Any]:
    """The answer of ``GET /sessions/{id}``."""
    return {
        "id": "s",
        "state": state,
        "accepting_jobs": state != "closed",
        "max_ttl": 600,
        "interactive_ttl": 60,
        "mode": "dedicated",
        "timestamps": [{"status": "open", "timestamp": stamp(0)}],
        **fields,
    }


def a_job(status: str = "Queued", *, job_id: str = "j", created: float = 0, **fields: Any) -> Any:
    """An item of ``GET /jobs``."""
    return {
        "id": job_id,
        "state": {"status": status},
        "status": status,
        "program": {"id": "sampler"},
        "created": stamp(created),
        **fields,
    }


class Reader:
    """A session that is told one answer after the other."""

    def __init__(self, *, opened: bool = True) -> None:
        self.state = SessionState("session", Limits(None, None))
        self.cancelled_here = False
        self.server = TRUE_TIME
        if opened:
            self.state.apply(SessionOpened(START, "s"))

    def session(self, raw: Any, now: float = 100) -> str:
        """Take in a session; return where it stands then."""
        events = read_session(
            raw, self.state, at(now), self.server, cancelled_here=self.cancelled_here
        )
        for event in events:
            self.state.apply(event)
        return self.state.state.value

    def jobs(self, *raws: Any, now: float = 100) -> list[str]:
        """Take in jobs; return how all of them stand."""
        for event in read_jobs(raws, self.state, at(now), self.server):
            self.state.apply(event)
        return [record.status.value for record in self.state.jobs.values()]

    @property
    def story(self) -> list[str]:
        """Every state that the session came into."""
        return [step.state.value for step in self.state.lifecycle.history]
