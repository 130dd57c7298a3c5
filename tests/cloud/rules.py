"""The rules of the pretended service: what it does for clients, and what it refuses."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from qsession.clock import Clock
from qsession.testing import ManualClock
from tests.cloud.devices import Device, default_devices
from tests.cloud.instances import Instance, Problem, not_found, open_plan, premium
from tests.cloud.records import CloudSession, Job
from tests.cloud.timeline import Pace, Timeline
from tests.cloud.views import JsonObject

PROGRAMS = frozenset({"sampler", "estimator", "executor", "noise-learner"})
MODES = frozenset({"dedicated", "batch"})
MAX_TAGS, MAX_TAG_LENGTH = 8, 86
MAX_COST_S = 10800
INT32_MAX = 2**31 - 1

Owned = TypeVar("Owned", Job, CloudSession)


class ServiceRules:
    """Jobs and sessions of a pretended account, as clients meet them.

    `lock` guards everything; methods that change something take it.
    """

    def __init__(self, clock: Clock | None = None, pace: Pace | None = None) -> None:
        self.clock: Clock = clock or ManualClock()
        self.pace = pace or Pace()
        self.premium = premium()
        self.open_plan = open_plan()
        self.instances = {item.crn: item for item in (self.premium, self.open_plan)}
        self.devices: dict[str, Device] = default_devices()
        self.skew = timedelta(0)
        """How far the service's clock is ahead of the true time, in all times it tells."""
        self.tells_usage_early = True
        """Whether ``elapsed_time`` of a session is told before it is closed."""
        self.lock = threading.RLock()
        self.timeline = Timeline(self.pace)
        self._settled = self.clock.now()
        self._numbers = 0

    # ---- What clients ask for

    def stamp(self, moment: datetime | None) -> str | None:
        """A time as the service tells it."""
        if moment is None:
            return None
        told = (moment + self.skew).astimezone(UTC)
        return told.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def open_session(self, instance: Instance, body: JsonObject) -> CloudSession:
        """``POST /sessions``."""
        mode, max_ttl = body.get("mode"), body.get("max_ttl", instance.max_ttl)
        if mode not in MODES:
            raise Problem(400, 1208, f"mode must be one of {sorted(MODES)}.")
        if mode == "dedicated" and not instance.dedicated_sessions:
            raise Problem(
                400,
                1352,
                f"You are not authorized to run a session when using the {instance.plan} plan.",
                "Create an instance of a different plan type or use a different execution mode.",
            )
        if type(max_ttl) is not int or not 1 <= max_ttl <= INT32_MAX:
            raise Problem(400, 1208, f"max_ttl must be an integer from 1 to {INT32_MAX}.")
        if max_ttl > instance.max_ttl:
            raise Problem(400, 1349, f"max_ttl must not exceed {instance.max_ttl} on your plan.")
        backend = body.get("backend")
        with self.lock:
            if backend is not None:
                self.device(backend)
            self._numbers += 1
            session = CloudSession(
                session_id=f"5e551077-0000-4000-8000-{self._numbers:012d}",
                instance=instance,
                mode=mode,
                backend=backend,
                max_ttl=max_ttl,
                interactive_ttl=instance.interactive_ttl,
                created=self.clock.now(),
            )
            self.timeline.sessions[session.session_id] = session
            return session

    def submit(self, instance: Instance, body: JsonObject) -> Job:
        """``POST /jobs``."""
        with self.lock:
            self.settle()
            program_id, session = str(body.get("program_id")), None
            if program_id not in PROGRAMS:
                raise not_found(f"Program {program_id}")
            if body.get("session_id"):
                session = self.session(instance, body["session_id"])
                if not session.accepting_jobs:
                    raise Problem(400, 1217, "Session has been closed.", "Start a new session.")
            device = self.device(body.get("backend") or (session.backend if session else None))
            limit = instance.usage_limit
            if limit is not None and self.usage(instance) >= limit:
                raise Problem(409, 1350, "The instance has reached its usage limit.")
            self._numbers += 1
            job = Job(
                job_id=f"job{self._numbers:017d}",
                instance=instance,
                backend=device.name,
                program_id=program_id,
                params=body.get("params", {}),
                created=self.clock.now(),
                session_id=session.session_id if session else None,
                tags=_checked_tags(body.get("tags", [])),
                cost=min(body.get("cost", MAX_COST_S), MAX_COST_S),
                private=body.get("private", False),
                runtime=body.get("runtime"),
            )
            self.timeline.add(job)
            self.settle()
            return job

    def cancel_job(self, job: Job) -> None:
        """``POST /jobs/{id}/cancel``."""
        with self.lock:
            if not job.pending:
                raise Problem(409, 1232, f"Job {job.job_id} is {job.status}: cannot be cancelled.")
            self.timeline.finish(job, self.clock.now(), "Cancelled")

    def delete_job(self, job: Job) -> None:
        """``DELETE /jobs/{id}``."""
        with self.lock:
            if job.pending:
                raise Problem(400, 1233, f"Job {job.job_id} is not in a final state.")
            del self.timeline.jobs[job.job_id]

    def set_tags(self, job: Job, tags: list[str]) -> None:
        """``PUT /jobs/{id}/tags``."""
        with self.lock:
            job.tags = _checked_tags(tags)

    def job(self, instance: Instance, job_id: str) -> Job:
        """The instance's job with this id."""
        job = self.timeline.jobs.get(job_id)
        if job is None or job.instance is not instance:
            raise not_found(f"Job {job_id}")
        return job

    def session(self, instance: Instance, session_id: str) -> CloudSession:
        """The instance's session with this id."""
        session = self.timeline.sessions.get(session_id)
        if session is None or session.instance is not instance:
            raise not_found(f"Session {session_id}")
        return session

    def device(self, name: str | None) -> Device:
        """The QPU of this name."""
        if name not in self.devices:
            raise not_found(f"Backend {name}")
        return self.devices[name]

    def usage(self, instance: Instance) -> float:
        """How many seconds the instance has used: by sessions, and by jobs outside of them."""
        now, lines = self.clock.now(), self.timeline
        sessions = {item.session_id: item for item in lines.sessions.values()}
        held = (lines.elapsed(item, now) for item in _of(instance, sessions.values()))
        jobs = _of(instance, lines.jobs.values())
        alone = (job.qpu_seconds for job in jobs if job.session_id not in sessions)
        return instance.usage_before + sum(held) + sum(alone)

    def elapsed(self, session: CloudSession) -> float | None:
        """A session's ``elapsed_time`` as it is told; None if it is not told yet."""
        known = self.tells_usage_early or session.state == "closed"
        return self.timeline.elapsed(session, self.clock.now()) if known else None

    def settle(self) -> None:
        """Let everything happen whose time has come. Every request does this first."""
        with self.lock:
            now = self.clock.now()
            while (event := self.timeline.next_event(self._settled)) and event.at <= now:
                self._settled = max(event.at, self._settled)
                event.happen(self._settled)
            self._settled = now


def _of(instance: Instance, items: Iterable[Owned]) -> list[Owned]:
    return [item for item in items if item.instance is instance]


def _checked_tags(tags: list[str]) -> list[str]:
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags):
        raise Problem(400, 1234, f"At most {MAX_TAGS} tags of {MAX_TAG_LENGTH} characters.")
    return list(tags)
