"""What the gallery shows: sessions in every state, told as events and sent as the kernel would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Budget, Price, Quota
from qsession.model.events import BackendObserved, Event, ProblemAppeared, QuotaObserved
from qsession.model.job import ExpectationValue
from qsession.model.session_state import Limits
from qsession.model.snapshot import WorkLabel
from qsession.model.states import JobStatus, State
from qsession.widget.encoding import encode_head, encode_row
from tests.browser.gallery import devices
from tests.browser.gallery.compared_jobs import compared_counts, compared_values
from tests.browser.gallery.opened_jobs import counts_details, failure_details, values_details
from tests.unit.pictures import picture
from tests.unit.story import at, finished, first_job, moved, opened, queued, session, started

if TYPE_CHECKING:
    from collections.abc import Sequence

SESSION_ID = "7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4"
HOUR = 3600
MARKUP = "<img src=x onerror=console.error(1)><b>bold</b>"
PROGRAMS = (
    WorkLabel("ansatz", "estimator", precision=0.02),
    WorkLabel("bell", "sampler", shots=4096),
)
TRACEBACK = (
    "Cannot run circuit 'ansatz': the method 'stabilizer' has no gate 'rz'.\n"
    '  File "<ipython-input-7>", line 3, in <module>\n'
    "    session.run(ansatz, options={'run_options': {'method': 'stabilizer'}})"
)


@dataclass(frozen=True)
class Exhibit:
    """A state of the view.

    Attributes:
        events: What happened in the session.
        now: When it is looked at, in seconds after noon.
        fields: What a snapshot has beside the state.
        clicks_wait: Whether the kernel handles clicks only between cells.
        is_saved: Whether no kernel is there: the view of a saved notebook.
        click: The button that is clicked once the view is there.
        opened: What the kernel tells of the job that is opened.
        device: What the kernel tells of the device, which is opened.
        estimate: What the kernel tells of the work that the Run panel offers.
        compared: What the kernel tells when that job is compared.
    """

    events: Sequence[Event]
    now: float
    fields: dict[str, Any] = field(default_factory=dict)
    clicks_wait: bool = False
    is_saved: bool = False
    click: str | None = None
    opened: dict[str, Any] | None = None
    estimate: dict[str, Any] | None = None
    device: dict[str, Any] | None = None
    compared: dict[str, Any] | None = None

    def answers(self) -> dict[str, Any]:
        """What the kernel would answer, by what it is asked for."""
        used = self.device and self.opened and devices.use(self.opened["job_id"])
        return {
            "details": self.opened,
            "estimate": self.estimate,
            "device": self.device,
            "use": used or None,
            "compare": self.compared,
        }

    def traits(self) -> dict[str, Any]:
        """What the kernel would have sent."""
        state = session(*self.events, limits=Limits(2 * HOUR, 300))
        fields: dict[str, Any] = {"name": "vqe-h2", "backend": "ibm_torino", "max_time_s": 2 * HOUR}
        fields |= {"is_paid": True, "programs": PROGRAMS, "can_cancel_running": True, **self.fields}
        state.price = fields.pop("price", None)
        state.budget = fields.pop("budget", state.budget)
        head = encode_head(picture(state, self.now, **fields), clicks_wait=self.clicks_wait)
        return {"seq": 1, "head": head, "rows": [encode_row(job) for job in state.jobs.values()]}


def _opening() -> list[Event]:
    return [opened(0, SESSION_ID), moved(0, State.ACTIVE)]


def _job(number: int, begin: float, end: float, **fields: Any) -> list[Event]:
    job_id = f"d3k9fa7c2q{number:04}"
    outcome: dict[str, Any] = {"status": JobStatus.DONE, "qpu_seconds": (end - begin) * 0.4}
    outcome |= {key: fields.pop(key) for key in ("status", "error", "values") if key in fields}
    given = {"name": "ansatz", "primitive": "estimator", "shots": None, **fields}
    return [
        queued(begin - 1, job_id, **given),
        started(begin, job_id),
        finished(end, job_id, **outcome),
    ]


def _loop(jobs: int, *, start: float = 0, step: float = 30) -> list[Event]:
    """A variational loop: each job's energy a little lower."""
    events: list[Event] = []
    for number in range(jobs):
        begin = start + 1 + number * step
        energy = -1.136 + 0.7 * 0.8**number
        values = (ExpectationValue(energy, 0.011),)
        events += _job(number, begin, begin + step * 0.7, values=values)
    return events


def _busy() -> list[Event]:
    """Jobs of every status."""
    after = 20 * 30
    return [
        *_opening(),
        *_loop(18),
        *_job(18, 640, 642.1, status=JobStatus.ERROR, error=TRACEBACK),
        *_job(19, 700, 709, name="bell", primitive="sampler", shots=4096, tags=("ghz", "run-7")),
        queued(after + 200, "d3k9fa7c2q0020", name="ansatz", primitive="estimator"),
        started(after + 201, "d3k9fa7c2q0020"),
        queued(after + 202, "d3k9fa7c2q0021", name="bell", primitive="sampler", shots=4096),
        queued(after + 203, "d3k9fa7c2q0022", name="ansatz", primitive="estimator"),
        queued(after + 204, "d3k9fa7c2q0023", name="bell", primitive="sampler", shots=100),
        finished(after + 206, "d3k9fa7c2q0023", JobStatus.CANCELLED, error="Cancelled by you."),
    ]


def _idle(seconds: float) -> list[Event]:
    """Idle since an hour and a half before the end, looked at so many seconds later."""
    return [*_opening(), *_loop(6, start=0), *_job(6, HOUR / 2 - seconds - 9, HOUR / 2 - seconds)]


def _waiting(message: str, *, is_operational: bool = True) -> list[Event]:
    status = BackendStatus(at(30), 12, is_operational=is_operational, message=message)
    job = queued(1, "d3k9fa7c2q0000", name="ansatz", primitive="estimator")
    return [opened(0, SESSION_ID), job, BackendObserved(at(30), status)]


def _instance(remaining_s: float) -> list[Event]:
    quota = Quota(at(30), 600 - remaining_s, 600, remaining_s, instance="study", plan="open")
    return [QuotaObserved(at(30), quota)]


def _estimate(qpu_s: float, *, cost: float, left_s: float) -> dict[str, Any]:
    return {
        "qpu_s": qpu_s,
        "cost": cost,
        "left_s": left_s,
        "left_of": "its max_cost",
        "fits": qpu_s <= left_s,
        "remarks": [],
    }


def _hostile() -> list[Event]:
    job = {"name": MARKUP, "tags": (MARKUP,), "error": MARKUP, "status": JobStatus.ERROR}
    problem = ProblemAppeared(at(70), MARKUP, stale_since=at(60))
    return [*_opening(), *_job(0, 10, 20, **job), problem]


EXHIBITS: dict[str, Exhibit] = {
    "not-started": Exhibit([], 0, {"programs": ()}),
    "waiting": Exhibit(_waiting("Recalibrated this morning."), 35),
    "backend-paused": Exhibit(_waiting("Calibration until 15:00.", is_operational=False), 35),
    "active": Exhibit(_busy(), 820),
    "clicks-wait": Exhibit(first_job(0), 5, {"can_cancel_running": False}, clicks_wait=True),
    "idle-paid": Exhibit(_idle(40), HOUR / 2),
    "bill": Exhibit(
        [*_idle(40), *_instance(45)],
        HOUR / 2,
        {"price": Price(1.6)},
        estimate=_estimate(4.1, cost=0.11, left_s=45),
    ),
    "budget-last": Exhibit(
        [*_opening(), *_loop(6), *_instance(500)],
        300,
        {"price": Price(96), "budget": Budget(max_cost=500)},
        estimate=_estimate(14.1, cost=22.56, left_s=12.5),
    ),
    "idle-last": Exhibit(_idle(290), HOUR / 2),
    "released": Exhibit([*_idle(300), moved(HOUR / 2, State.INACTIVE, "idle")], HOUR / 2 + 60),
    "time-last": Exhibit([*_opening(), *_loop(40, step=178), queued(7150, "q")], 7155),
    "many-jobs": Exhibit([*_opening(), *_loop(1200, step=3), queued(3700, "q")], 3710),
    "error": Exhibit(
        [*_busy(), ProblemAppeared(at(810), "The service answered 503: try again later.")], 820
    ),
    "stale": Exhibit(
        [*_busy(), ProblemAppeared(at(810), "No connection to the service.", stale_since=at(700))],
        820,
    ),
    "confirming": Exhibit(_busy(), 820, click="Cancel session"),
    "counts": Exhibit(_busy(), 820, opened=counts_details("d3k9fa7c2q0019")),
    "values": Exhibit(_busy(), 820, opened=values_details("d3k9fa7c2q0017")),
    "compared-counts": Exhibit(
        _busy(), 820, opened=counts_details("d3k9fa7c2q0019"), compared=compared_counts()
    ),
    "compared-values": Exhibit(
        _busy(), 820, opened=values_details("d3k9fa7c2q0017"), compared=compared_values()
    ),
    "failure": Exhibit(_busy(), 820, opened=failure_details("d3k9fa7c2q0018", TRACEBACK)),
    "device": Exhibit(_busy(), 820, opened=counts_details("d3k9fa7c2q0019"), device=devices.fez()),
    "device-in-pieces": Exhibit(_busy(), 820, device=devices.pieces()),
    "device-simulator": Exhibit(_busy(), 820, device=devices.simulator()),
    "closing": Exhibit([*_busy(), moved(815, State.CLOSING, "close() was called")], 820),
    "closed": Exhibit([*_idle(40), moved(1800, State.CLOSED, "its with block ended")], 1900),
    "cancelled": Exhibit([*_idle(40), moved(1800, State.CANCELLED, "cancelled here")], 1900),
    "expired": Exhibit(
        [*_idle(40), moved(7200, State.EXPIRED, "its max_time of 2h ran out")], 7300
    ),
    "kernel-gone": Exhibit(_busy(), 820, is_saved=True),
    "hostile": Exhibit(_hostile(), 80, {"name": MARKUP, "backend": MARKUP}),
}
"""By name, in the order of a session's life."""
