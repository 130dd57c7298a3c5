"""A server in a process of its own."""

from __future__ import annotations

import urllib.error

import pytest
from qiskit_ibm_runtime import Session
from qiskit_ibm_runtime.executor_sampler import Sampler

from tests.cloud.account import connect, environment
from tests.cloud.process import ServerProcess
from tests.support.circuits import bell, fitted


def test_a_server_that_is_stepped_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    with ServerProcess("--mode", "manual", "--clock", "manual") as server:
        for name, value in environment(server).items():
            monkeypatch.setenv(name, value)
        backend = connect(server).backend("ibm_manila")
        session = Session(backend)
        job = Sampler(session).run([fitted(bell(), backend)], shots=100)

        assert server.step("start_next_job") == job.job_id()
        server.step("advance", seconds=5)
        server.step("finish_job", qpu_seconds=3)
        assert job.usage() == 3
        assert set(job.result()[0].data.meas.get_counts()) == {"00", "11"}

        server.step(
            "add_fault", matches="GET /sessions", effect="refuse", effect_options={"status": 500}
        )
        server.step("clear_log")
        assert session.status() == "In progress, accepting new jobs"
        assert [entry["status"] for entry in server.step("read_log")] == [500, 200]

        server.step("set_pace", mode="auto")
        assert Sampler(session).run([fitted(bell(), backend)]).status() == "DONE"
        with pytest.raises(urllib.error.HTTPError) as refusal:
            server.step("finish_job")
        refusal.value.close()
