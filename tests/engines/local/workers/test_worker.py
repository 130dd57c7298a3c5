"""A worker process: runs work, keeps what it was sent, and ends with the process that made it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any, ClassVar

import pytest
from qiskit_aer import AerSimulator

from qsession.engines.local.work import CircuitWork
from qsession.engines.local.workers import worker as worker_module
from qsession.engines.local.workers import worker_main
from qsession.engines.local.workers.packing import pack
from qsession.engines.local.workers.protocol import Reply, read_reply
from qsession.engines.local.workers.worker import Worker, WorkerStartError
from qsession.errors import JobMemoryError, WorkerLostError
from tests.engines.local.workers.work import ENDLESS_SHOTS, endless, huge, unsure_work
from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched


def counts(reply: Reply) -> dict[str, int]:
    counts: dict[str, int] = read_reply(reply).result.get_counts()  # type: ignore[attr-defined]
    return counts


def test_it_runs_work_in_another_process_again_and_again(worker: Worker):
    for shots in (3, 4):
        reply = worker.run("job", pack(unsure_work(shots=shots)))
        assert counts(reply) == {"1": shots}
        assert reply.process.endswith(f"-{worker.pid}")
    assert worker.pid != os.getpid()


def test_a_backend_is_sent_once_and_again_when_the_other_side_has_forgotten_it(
    worker: Worker, monkeypatch
):
    sent = []
    write = worker_main.write_frame

    def write_frame(stream, task):
        sent.append(len(task.parts))
        write(stream, task)

    worker.run("job", pack(unsure_work()))
    monkeypatch.setattr(worker_module, "write_frame", write_frame)
    work = unsure_work(seed_simulator=1)
    worker.run("job", pack(work))
    worker.run("job", pack(work))
    for seed in range(20):
        backend = AerSimulator(seed_simulator=seed)
        worker.run("job", pack(CircuitWork(backend, work.circuit_list, {"shots": 1})))
    first_again = worker.run("job", pack(work))
    assert sent == [0, 0, *[1] * 20, 0, 1]
    assert counts(first_again) == {"1": 5}


def test_it_needs_nothing_of_ibms_client_for_work_on_aer():
    program = """
import importlib, sys
from qiskit_aer import AerSimulator
from qsession.engines.local.workers.worker import WARM_UP
for module in (*WARM_UP, "qsession.engines.local.workers.protocol"):
    importlib.import_module(module)
from qiskit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qsession.engines.local.work import SamplerWork, run_work
circuit = QuantumCircuit(1)
circuit.measure_all()
outcome = run_work(SamplerWork(AerSimulator(), (SamplerPub.coerce(circuit, 1),)))
print(outcome.fallback, "qiskit_ibm_runtime" in sys.modules)
"""
    ran = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", program], stdout=subprocess.PIPE, check=True
    )
    assert ran.stdout.split() == [b"None", b"False"]


def test_one_that_is_given_nothing_yet_is_told_from_one_that_has_work():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as requests, os.fdopen(writing, "wb") as sender:
        assert worker_main.is_left_alone(requests, seconds=0)
        sender.write(b"x")
        sender.flush()
        assert not worker_main.is_left_alone(requests, seconds=0)


def test_what_it_prints_does_not_disturb_it(worker: Worker):
    class Loud:
        def __reduce__(self):
            return print, ("in the way",)

    work = unsure_work(shots=2)
    reply = worker.run("job", pack(CircuitWork(work.backend, work.circuit_list, {"x": Loud()})))
    assert reply.ending
    assert counts(worker.run("job", pack(work))) == {"1": 2}


@pytest.mark.linux
def test_a_job_that_needs_more_than_its_limit_fails_and_the_next_one_runs(worker: Worker):
    work = CircuitWork(AerSimulator(method="statevector"), (huge(),), {"shots": 1})
    with pytest.raises(JobMemoryError, match=r"needed more memory than its limit of 104857600 b"):
        read_reply(worker.run("job", pack(work), memory_limit=100 * 2**20))
    reply = worker.run("job", pack(unsure_work()), memory_limit=100 * 2**20)
    assert counts(reply) == {"1": 5}


def test_killing_it_ends_what_it_runs_though_the_simulator_holds_the_interpreter():
    worker = Worker()
    worker.run("warm", pack(unsure_work()))
    watched = Watched(worker.pid)
    errors: list[BaseException] = []

    def run() -> None:
        work = CircuitWork(AerSimulator(), (endless(),), {"shots": ENDLESS_SHOTS})
        try:
            worker.run("job", pack(work))
        except WorkerLostError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert not watched.has_ended(within_s=0.5)
    worker.kill()
    thread.join(PATIENCE_S)
    assert watched.has_ended(0)
    (error,) = errors
    words = "The worker process that ran the job was killed, which the system does when memory runs"
    assert str(error) == f"{words} out."
    assert not worker.is_alive
    worker.close()
    worker.close()
    worker.kill()


def test_one_that_cannot_start_says_what_it_said(monkeypatch):
    worker = Worker(warm_up=("no_such_module",))
    with pytest.raises(WorkerStartError, match=r"exit code 1\. It said: [\s\S]*no_such_module"):
        worker.run("job", pack(unsure_work()))
    worker.close()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerStartError, match="nowhere"):
        Worker()


def test_what_it_says_on_its_way_down_is_told_without_secrets():
    worker = Worker(warm_up=("no_such_module_for_Bearer abcdef123456",))
    with pytest.raises(WorkerStartError, match=r"for_Bearer \[removed\]"):
        worker.run("job", pack(unsure_work()))
    worker.close()


PARENT = """
import sys
from qsession.engines.local.workers.packing import pack
from qsession.engines.local.workers.worker import Worker
from qsession.engines.local.work import CircuitWork
from tests.engines.local.workers.work import ENDLESS_SHOTS, endless, unsure_work
from qiskit_aer import AerSimulator
worker = Worker(platform=sys.argv[1])
worker.run("warm", pack(unsure_work()))
print(worker.pid, flush=True)
work = CircuitWork(AerSimulator(), (endless(),), {"shots": ENDLESS_SHOTS})
worker.run("job", pack(work))
"""


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_it_ends_with_its_parent_however_that_ends_and_whatever_it_does(platform: str):
    command = [sys.executable, "-c", PARENT, platform]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:  # noqa: S603 - this Python
        assert parent.stdout is not None
        watched = Watched(int(parent.stdout.readline()))
        assert not watched.has_ended(within_s=0.5)
        parent.kill()
        assert watched.has_ended()


class PopenOfWindows(subprocess.Popen[bytes]):
    """Refuses what Windows' has not, and takes what it alone has."""

    flags: ClassVar[list[int]] = []

    def __init__(self, *args: Any, creationflags: int = 0, **options: Any) -> None:
        missing = {"pass_fds", "process_group", "preexec_fn", "start_new_session", "user", "umask"}
        assert not missing & set(options), "not supported on Windows"
        self.flags.append(creationflags)
        super().__init__(*args, **options)


def test_it_runs_is_killed_and_ends_by_what_windows_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "Popen", PopenOfWindows)
    PopenOfWindows.flags.clear()
    worker = Worker(platform="win32")
    assert counts(worker.run("job", pack(unsure_work(shots=3)))) == {"1": 3}
    assert worker.is_ready
    assert len(PopenOfWindows.flags) == 2
    assert all(flags & 0x200 and flags & 0x08000000 for flags in PopenOfWindows.flags)
    watched = Watched(worker.pid)
    worker.kill()
    with pytest.raises(WorkerLostError, match="The worker process that ran the job"):
        worker.run("job", pack(unsure_work()))
    worker.close()
    assert watched.has_ended(0)


def test_without_a_watcher_there_is_no_worker(monkeypatch: pytest.MonkeyPatch):
    started: list[subprocess.Popen[bytes]] = []

    class OnlyOne(PopenOfWindows):
        def __init__(self, *args: Any, **options: Any) -> None:
            if started:
                raise OSError("no more processes")
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", OnlyOne)
    with pytest.raises(WorkerStartError, match="no more processes"):
        Worker(platform="win32")
    assert started[0].poll() is not None


def test_a_python_that_cannot_be_started_again_has_no_workers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", None)
    with pytest.raises(WorkerStartError, match="not known how this Python was started"):
        Worker()
