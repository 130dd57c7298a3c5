"""A kernel is killed at a random moment: everything that it was told is found afterwards."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from qsession import JobLostError, JobStatus, Session, attach, sessions
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import read_work
from qsession.simulator.shots import CountedBitArray
from tests.recovery.conftest import ROUNDS
from tests.recovery.kernels import Kernels, random_moment
from tests.support.inside import snapshot_of

pytestmark = pytest.mark.linux

if TYPE_CHECKING:
    from tests.cloud.server import Server

JOBS = 200


@pytest.mark.timeout(60 + 30 * ROUNDS)
def test_every_job_of_killed_local_kernels_is_found(local_kernels: Kernels):
    chance = random.Random(ROUNDS)
    done = 0
    for number in range(ROUNDS):
        words, delay_s = random_moment(chance, JOBS)
        killed = local_kernels.kill_after(
            words, delay_s, backend="aer_simulator", jobs=JOBS, shots=10, name=f"round {number}"
        )
        (session_id,) = killed.session_ids
        (info,) = [each for each in sessions() if each.session_id == session_id]
        assert (info.state, info.source, info.name) == ("lost", "ledger", f"round {number}")
        session = attach(session_id)
        found = {record.job_id: record for record in session.jobs}
        assert set(killed.job_ids) <= set(found)
        assert (session.state, snapshot_of(session).ended_reason) == (
            "closed",
            "its process ended",
        )
        for job_id, record in found.items():
            if record.status is JobStatus.DONE:
                shots = session.job(job_id).result()[0].data.meas
                assert (type(shots), shots.get_counts()) == (CountedBitArray, {"1": 10})
                done += 1
            else:
                assert record.error == "Lost: its process ended before the job did."
                with pytest.raises(JobLostError, match="Lost"):
                    session.job(job_id).result()
        assert sessions() == []
    assert done


@pytest.mark.timeout(60 + 30 * ROUNDS)
def test_every_job_of_killed_cloud_kernels_is_found(
    cloud_kernels: Kernels, cloud: Server, monkeypatch: pytest.MonkeyPatch
):
    chance = random.Random(ROUNDS)
    for number in range(ROUNDS):
        words, delay_s = random_moment(chance, JOBS)
        killed = cloud_kernels.kill_after(
            words, delay_s, backend="ibm_manila", jobs=JOBS, shots=10, name=f"round {number}"
        )
        (session_id,) = killed.session_ids
        # Without the network, by what is on disk alone.
        with monkeypatch.context() as offline:
            offline.setattr("qsession.listing.default_account_exists", lambda: False)
            noted = {each.session_id: each for each in sessions()}
        assert noted[session_id].source == "ledger"
        told = {each.session_id: each for each in sessions()}
        at_service = set(cloud.state.timeline.sessions)
        assert at_service <= {each.session_id for each in sessions(ended=True, limit=1000)}
        assert (told[session_id].source, told[session_id].name) == ("service", f"round {number}")
        session = attach(f"round {number}")
        assert session.session_id == session_id
        assert set(killed.job_ids) <= {record.job_id for record in session.jobs}
        assert session.job(killed.job_ids[0]).result()[0].data.meas.get_counts() == {"1": 10}
        assert session.active
        session.cancel()


def are_kept(job_ids: list[str]) -> bool:
    """Whether the ledger has what the jobs were to run; it is written soon, not at once."""
    ledger = ledger_of_process()
    assert ledger is not None
    return bool(ledger.read(lambda file: all(read_work(file, each) for each in job_ids)))


def test_a_lost_job_is_run_again_only_where_it_is_asked_for(local_kernels: Kernels):
    killed = local_kernels.kill_after(
        3, 0, once=lambda told: are_kept(told.job_ids[:3]),
        backend="aer_simulator", jobs=5, shots=100, name="long", never_run=True,
    )  # fmt: skip
    earlier = attach("long")
    lost = [record for record in earlier.jobs if record.status is JobStatus.ERROR]
    # More may be written down than the kernel lived to tell.
    assert set(killed.job_ids) <= {record.job_id for record in lost}
    with Session("aer_simulator") as session:
        assert session.jobs == []
        job = session.run_again(lost[2].job_id, shots=7)
        assert job.result()[0].data.meas.get_counts() == {"1": 7}
        assert session.jobs[0].name == lost[2].name
