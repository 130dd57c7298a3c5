"""The routes of the REST API: from a request to the state, and from the state to an answer."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, ClassVar

from tests.cloud import programs, views
from tests.cloud.identity import Identity
from tests.cloud.instances import Instance, Problem, not_found
from tests.cloud.listing import one, page_of_jobs, page_of_workloads
from tests.cloud.messages import BASE_PATH, NO_CONTENT, Reply, Request
from tests.cloud.records import Job
from tests.cloud.service_state import ServiceState

Deferred = Callable[[], Reply]
"""The rest of an answer that takes long: it is done without holding the state's lock."""

Handler = Callable[["RestApi", Instance, Request, str], Reply | Deferred]


class Routes(dict[tuple[str, str], Handler]):
    """Handlers by method and pattern of the path; a group in the pattern is an ID or a name."""

    def __call__(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """Decorate a handler."""

        def add(handler: Handler) -> Handler:
            self[method, pattern] = handler
            return handler

        return add

    def find(self, method: str, path: str) -> tuple[Handler, str] | None:
        """The handler for a request, and what stands in the path."""
        for (known, pattern), handler in self.items():
            if known == method and (found := re.fullmatch(pattern, path)):
                return handler, next(iter(found.groups()), "")
        return None


class RestApi:
    """Answers the requests for the REST API, and those for the services around it."""

    route: ClassVar = Routes()

    def __init__(self, state: ServiceState, identity: Identity) -> None:
        self.state = state
        self.identity = identity
        self._traces = count(1)

    def answer(self, request: Request) -> Reply:
        """Do what the request asks for."""
        if not request.of_api:
            return self.identity.answer(request)
        try:
            instance = self.identity.admit(request)
            found = self.route.find(request.method, request.path)
            if found is None:
                return self._refusal(not_found(f"{request.method} {request.path}"))
            handler, name = found
            with self.state.lock:
                self.state.settle()
                reply = handler(self, instance, request, name)
            return reply if isinstance(reply, Reply) else reply()
        except Problem as problem:
            return self._refusal(problem)
        except Exception:  # noqa: BLE001 -- not 500: the client would ask six times, and not say why
            return self._refusal(Problem(400, 9999, traceback.format_exc()))

    def _refusal(self, problem: Problem) -> Reply:
        trace = f"00000000-0000-4000-8000-{next(self._traces):012d}"
        return Reply.of_json(problem.as_json(trace), problem.status)

    # ---- Backends and the instance

    def _queued(self, backend: str) -> int:
        return len(self.state.timeline.queue(backend))

    @route("GET", "/backends")
    def _backends(self, instance: Instance, request: Request, _: str) -> Reply:
        devices = self.state.devices.values()
        return Reply.of_json({"devices": [item.item(self._queued(item.name)) for item in devices]})

    @route("GET", "/backends/([^/]+)/configuration")
    def _configuration(self, instance: Instance, request: Request, name: str) -> Reply:
        return Reply.of_json(self.state.device(name).configuration())

    @route("GET", "/backends/([^/]+)/properties")
    def _properties(self, instance: Instance, request: Request, name: str) -> Reply:
        return Reply.of_json(self.state.device(name).properties())

    @route("GET", "/backends/([^/]+)/status")
    def _status(self, instance: Instance, request: Request, name: str) -> Reply:
        return Reply.of_json(self.state.device(name).status_view(self._queued(name)))

    @route("GET", "/instances/usage")
    def _usage(self, instance: Instance, request: Request, _: str) -> Reply:
        used, limit = self.state.usage(instance), instance.usage_limit
        usage: dict[str, Any] = {
            "instance_id": instance.crn,
            "plan_id": f"plan-{instance.plan}",
            "usage_consumed_seconds": int(used),
            "usage_period": {},
        }
        if limit is not None:
            usage |= {"usage_limit_seconds": limit, "usage_limit_reached": used >= limit}
        return Reply.of_json(usage)

    # ---- Jobs

    @route("POST", "/jobs")
    def _submit(self, instance: Instance, request: Request, _: str) -> Reply:
        job = self.state.submit(instance, request.content)
        answer = {"id": job.job_id, "backend": job.backend, "session_id": job.session_id}
        return Reply.of_json(views.present({**answer, "private": job.private or None}))

    @route("GET", "/jobs")
    def _jobs(self, instance: Instance, request: Request, _: str) -> Reply:
        with_params = one(request.query, "exclude_params") == "false"
        page = page_of_jobs(
            (job for job in self.state.timeline.jobs.values() if job.instance is instance),
            request.query,
            lambda job: views.job_view(job, self.state.stamp, with_params=with_params),
        )
        return Reply.of_json(page)

    @route("GET", "/jobs/([^/]+)")
    def _job(self, instance: Instance, request: Request, job_id: str) -> Reply:
        job = self.state.job(instance, job_id)
        with_params = one(request.query, "exclude_params") != "true"
        return Reply.of_json(views.job_view(job, self.state.stamp, with_params=with_params))

    @route("GET", "/jobs/([^/]+)/results")
    def _results(self, instance: Instance, request: Request, job_id: str) -> Reply | Deferred:
        job = self.state.job(instance, job_id)
        if job.pending or (job.private and job.results_were_read):
            return NO_CONTENT
        job.results_were_read = True
        if job.results is not None:
            return Reply.of_text(job.results)
        if job.status != "Completed":
            return NO_CONTENT
        return partial(_worked_out, job, simulate=self.state.pace.simulates)

    @route("GET", "/jobs/([^/]+)/metrics")
    def _metrics(self, instance: Instance, request: Request, job_id: str) -> Reply:
        job = self.state.job(instance, job_id)
        return Reply.of_json(views.metrics_view(job, self.state.stamp))

    @route("GET", "/jobs/([^/]+)/logs")
    def _logs(self, instance: Instance, request: Request, job_id: str) -> Reply:
        if self.state.job(instance, job_id).pending:
            raise not_found(f"Log of job {job_id}")
        return Reply.of_text("")

    @route("POST", "/jobs/([^/]+)/cancel")
    def _cancel_job(self, instance: Instance, request: Request, job_id: str) -> Reply:
        self.state.cancel_job(self.state.job(instance, job_id))
        return NO_CONTENT

    @route("PUT", "/jobs/([^/]+)/tags")
    def _tags(self, instance: Instance, request: Request, job_id: str) -> Reply:
        self.state.set_tags(self.state.job(instance, job_id), request.content["tags"])
        return NO_CONTENT

    @route("DELETE", "/jobs/([^/]+)")
    def _delete_job(self, instance: Instance, request: Request, job_id: str) -> Reply:
        self.state.delete_job(self.state.job(instance, job_id))
        return NO_CONTENT

    # ---- Sessions

    @route("POST", "/sessions")
    def _open_session(self, instance: Instance, request: Request, _: str) -> Reply:
        session = self.state.open_session(instance, request.content)
        elapsed = self.state.elapsed(session)
        return Reply.of_json(views.session_view(session, elapsed, self.state.stamp))

    @route("GET", "/sessions/([^/]+)")
    def _session(self, instance: Instance, request: Request, session_id: str) -> Reply:
        session = self.state.session(instance, session_id)
        elapsed = self.state.elapsed(session)
        return Reply.of_json(views.session_view(session, elapsed, self.state.stamp))

    @route("PATCH", "/sessions/([^/]+)")
    def _close_session(self, instance: Instance, request: Request, session_id: str) -> Reply:
        session = self.state.session(instance, session_id)
        if request.content.get("accepting_jobs") is not False:
            raise Problem(400, 1208, "accepting_jobs can only be set to false.")
        self.state.timeline.stop_accepting(session, self.state.clock.now())
        return NO_CONTENT

    @route("DELETE", "/sessions/([^/]+)/close")
    def _cancel_session(self, instance: Instance, request: Request, session_id: str) -> Reply:
        session = self.state.session(instance, session_id)
        self.state.timeline.cancel(session, self.state.clock.now())
        return NO_CONTENT

    @route("GET", "/workloads")
    def _workloads(self, instance: Instance, request: Request, _: str) -> Reply:
        state, lines = self.state, self.state.timeline
        workloads = [
            views.job_workload(job, state.stamp)
            for job in lines.jobs.values()
            if job.instance is instance and job.session_id is None
        ]
        workloads += [
            views.session_workload(session, state.elapsed(session), state.stamp)
            for session in lines.sessions.values()
            if session.instance is instance
        ]
        href = f"http://{request.headers.get('host', '')}{BASE_PATH}/workloads"
        return Reply.of_json(page_of_workloads(workloads, request.query, href))


def _worked_out(job: Job, *, simulate: bool) -> Reply:
    """The results of a job that was completed without any, computed once."""
    if job.results is None:
        job.results = programs.run(job.program_id, job.params, simulate=simulate, ran=job.ran)
    return Reply.of_text(job.results)
