"""Many threads at once lose nothing, and nothing outlives a session that is gone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import comm
import pytest
from qiskit_aer import AerSimulator

from qsession import Session, SessionEndedError
from qsession.session.registry import core_of
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until, until_dropped

if TYPE_CHECKING:
    from traitlets import Bunch

    from qsession.model.job import JobRecord
    from tests.support.gated_backend import GatedBackend


FINAL = {"DONE", "CANCELLED"}


class Seen:
    """An observer of the jobs that keeps each one's steps."""

    def __init__(self) -> None:
        self.jobs: list[JobRecord] = []
        self.steps: dict[str, list[str]] = defaultdict(list)

    def __call__(self, change: Bunch) -> None:
        self.jobs = change.new
        for record in self.jobs:
            steps = self.steps[record.job_id]
            if steps[-1:] != [record.status.value]:
                steps.append(record.status.value)


def in_threads(*tasks: Callable[[], None]) -> None:
    """Run tasks at once, each in a thread of its own, and raise what they raise."""
    start = threading.Barrier(len(tasks))
    failures: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            start.wait(PATIENCE_S)
            task()
        except BaseException as error:  # noqa: BLE001 - raised below, where the test sees it
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]


def test_submitting_cancelling_and_observing_at_once_loses_nothing(
    gated: GatedBackend, new_threads: NewThreads
):
    gated.open_gate()
    session = Session(gated)
    seen = Seen()
    session.observe(seen, names="jobs")

    def submit() -> None:
        for _ in range(15):
            session.run(flipped(), shots=1)

    def cancel() -> None:
        while len(session.jobs) < 60:
            for record in session.jobs[-3:]:
                session.cancel_job(record.job_id)

    in_threads(submit, submit, submit, submit, cancel)
    session.close()
    until(core_of(session).journal, lambda: session.state == "closed")
    for record in session.jobs:
        session.job(record.job_id).wait_for_final_state(PATIENCE_S)
    assert new_threads.left_when_done() == []

    statuses = Counter(record.status.value for record in session.jobs)
    assert set(statuses) <= FINAL
    assert statuses.total() == 60 == len({record.job_id for record in session.jobs})
    assert statuses["DONE"] == len(gated.seeds)
    assert gated.most_at_work == 1
    assert seen.jobs == session.jobs
    # A final state is seen once, and last.
    assert Counter(steps[-1] for steps in seen.steps.values()) == statuses
    assert not FINAL & {step for steps in seen.steps.values() for step in steps[:-1]}


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_jobs_that_race_with_the_end_are_refused_or_come_to_an_end(
    gated: GatedBackend, new_threads: NewThreads, end: str
):
    gated.open_gate()
    session = Session(gated)
    accepted = []
    refused = []

    def submit() -> None:
        for _ in range(20):
            try:
                accepted.append(session.run(flipped(), shots=1))
            except SessionEndedError:
                refused.append(1)

    def finish() -> None:
        until(core_of(session).journal, lambda: len(session.jobs) >= 5)
        getattr(session, end)()

    in_threads(submit, submit, finish)
    for job in accepted:
        job.wait_for_final_state(PATIENCE_S)
    assert len(accepted) + len(refused) == 40
    assert {record.job_id for record in session.jobs} == {job.job_id() for job in accepted}
    expected, state = ({"DONE"}, "closed") if end == "close" else (FINAL, "cancelled")
    assert {record.status.value for record in session.jobs} <= expected
    until(core_of(session).journal, lambda: session.state == state)
    assert new_threads.left_when_done() == []


def test_traits_can_be_read_from_many_threads_while_jobs_run(gated: GatedBackend):
    gated.open_gate()
    with Session(gated) as session:

        def read() -> None:
            while session.active and len(session.jobs) < 30:
                counts = snapshot_of(session).counts
                assert sum(counts.values()) <= len(session.jobs)
                assert session.state in {"not-started", "open", "active"}
                session.to_html()

        def submit() -> None:
            for _ in range(30):
                session.run(flipped(), shots=1)

        in_threads(read, read, submit)


def test_one_widget_is_made_however_many_threads_ask(monkeypatch: pytest.MonkeyPatch):
    session = Session()
    widgets: list[object] = []
    asking = threading.Thread(target=lambda: widgets.append(session.widget))
    create_comm = comm.create_comm

    def create_while_another_asks(**kwargs: Any) -> Any:
        if asking.ident is None:
            asking.start()
            asking.join(0.2)  # it waits for the widget that is being made
        return create_comm(**kwargs)

    monkeypatch.setattr(comm, "create_comm", create_while_another_asks)
    widgets.append(session.widget)
    asking.join(PATIENCE_S)
    assert len(widgets) == 2
    assert widgets[0] is widgets[1]
    session.close()
    session.widget.close()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda session: None, id="unused"),
        pytest.param(lambda session: session.run(flipped()).result(PATIENCE_S), id="idle"),
        pytest.param(lambda session: session.observe(lambda change: None), id="observed"),
        pytest.param(lambda session: (session.run(flipped()), session.close()), id="closed"),
    ],
)
def test_a_dropped_session_takes_its_threads_with_it(use, new_threads: NewThreads):
    session = Session(AerSimulator())
    use(session)
    gone = weakref.ref(session)
    del session
    new_threads.until_dropped()
    until_dropped(lambda: gone() is None)


def test_a_session_that_nobody_holds_is_gone_at_once_with_all_its_parts(new_threads: NewThreads):
    """Nothing in it refers in a circle, which garbage collection alone would find."""
    session = Session(AerSimulator(), idle_timeout="10m")
    session.run(flipped()).result()
    session.on_job(lambda record: None)
    session.wait(progress=False)
    session.close()
    assert new_threads.left_when_done() == []
    core = core_of(session)
    parts = (core.records, core.renewal, core.submissions, core.display)
    gone = [weakref.ref(each) for each in (session, core, *parts)]
    gc.disable()
    try:
        del session, core, parts
        assert [each() for each in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_a_job_outlives_the_session_that_nobody_holds(gated: GatedBackend, new_threads: NewThreads):
    job = Session(gated).run(flipped(), shots=3)
    gc.collect()
    gated.open_gate()
    assert job.result()[0].data.meas.get_counts() == {"1": 3}
    del job
    new_threads.until_dropped()
