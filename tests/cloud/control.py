"""Steps for a server in another process: ``POST /control/{step}`` with the arguments as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cloud import faults
from tests.cloud.faults import FaultPlan
from tests.cloud.identity import Identity
from tests.cloud.messages import Reply, Request
from tests.cloud.request_log import RequestLog
from tests.cloud.service_state import ServiceState
from tests.cloud.timeline import Pace

EFFECTS: dict[str, Callable[..., faults.Effect]] = {
    "refuse": faults.refuse,
    "do_nothing": faults.do_nothing,
    "too_many_requests": faults.too_many_requests,
    "unauthorized": faults.unauthorized,
    "reset": faults.reset,
    "cut_short": faults.cut_short,
    "malformed": faults.malformed,
    "hold": faults.Gate,
}


class Control:
    """The steps by name. Those of jobs answer with the job's ID."""

    def __init__(
        self, state: ServiceState, identity: Identity, plan: FaultPlan, log: RequestLog
    ) -> None:
        self._state, self._plan, self._log = state, plan, log
        jobs = (state.start_next_job, state.run_next_job, state.finish_job, state.fail_job)
        self._steps: dict[str, Callable[..., Any]] = {
            **{step.__name__: self._naming_the_job(step) for step in jobs},
            "time_out_job": self._naming_the_job(state.time_out_job),
            "advance": state.advance,
            "settle_usage": state.settle_usage,
            "expire_tokens": identity.expire_tokens,
            "set_pace": self._set_pace,
            "add_fault": self._add_fault,
            "clear_faults": plan.clear,
            "read_log": lambda pattern="": [entry.as_json() for entry in log.matching(pattern)],
            "clear_log": log.clear,
        }

    def answer(self, request: Request) -> Reply:
        """Take the step that the path names."""
        step = self._steps.get(request.path.removeprefix("/control/"))
        if step is None:
            return Reply.of_json({"error": f"Steps: {sorted(self._steps)}"}, 404)
        try:
            return Reply.of_json({"returned": step(**(request.content or {}))})
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return Reply.of_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _naming_the_job(self, step: Callable[..., Any]) -> Callable[..., str]:
        return lambda **arguments: str(step(**arguments).job_id)

    def _set_pace(self, **values: Any) -> None:
        """Change some of `Pace`; what is not given stays."""
        with self._state.lock:
            self._state.settle()
            pace = Pace(**{**vars(self._state.pace), **values})
            vars(self._state.pace).update(vars(pace))

    def _add_fault(
        self, matches: str, effect: str, effect_options: dict[str, Any] | None = None, **plan: Any
    ) -> None:
        """`FaultPlan.add` with the effect by its name in `EFFECTS`; ``clear_faults`` lets go."""
        self._plan.add(matches, EFFECTS[effect](**(effect_options or {})), **plan)
