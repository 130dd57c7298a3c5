"""Sessions to make records of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qsession import Session
from tests.session.conftest import back_offs, backend, make_session, server, service
from tests.support.circuits import bell, flipped, rotation
from tests.support.gated_backend import GatedBackend

__all__ = ["back_offs", "backend", "make_session", "server", "service"]


@pytest.fixture
def study(make_session: Callable[..., Session]) -> Session:
    """A session with a job of each kind that is done, two of which ran one circuit."""
    session = make_session("fake_manila", max_time="1h", name="study")
    circuit = bell()
    jobs = [
        session.run(circuit, shots=50, options={"simulator": {"seed_simulator": 7}}),
        session.run([circuit, flipped()], shots=9, name="two"),
        session.run((rotation(), ["Z", "X"], [0.3]), precision=0.1),
        session.run_circuits([bell(), flipped()], shots=20),
    ]
    for job in jobs:
        job.result()
    return session


@pytest.fixture
def ended_otherwise(gated: GatedBackend, make_session: Callable[..., Session]) -> Session:
    """A session with jobs that failed, were cancelled, run and wait."""
    session = make_session(gated)
    failing, _ = session.run(flipped()), session.run(flipped(), name="running")
    gated.failure = ValueError("the fridge is warm")
    gated.let_through()
    failing.wait_for_final_state()
    gated.wait_for_runs(2)
    session.run(flipped(), name="waiting")
    session.run(flipped(), name="cancelled").cancel()
    return session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the record goes."""
    return tmp_path / "study.zip"
