"""The account, its backends and the results of its jobs, as IBM's client meets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qiskit_ibm_runtime
from packaging.version import Version
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2, IBMBackend, QiskitRuntimeService, SamplerV2
from qiskit_ibm_runtime.accounts.exceptions import InvalidAccountError
from qiskit_ibm_runtime.exceptions import (
    IBMInputValueError,
)
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler

from tests.cloud.account import OPEN_CRN, PREMIUM_CRN, TOKEN, connect, default_account
from tests.cloud.server import Server
from tests.support.circuits import bell, fitted, rotation

EARLY = Version(qiskit_ibm_runtime.__version__) >= Version("0.51")
"""Whether making the service object already asks for the backends; from 0.51 on it does."""

SUBMISSION = {"program_id": "sampler", "backend": "ibm_manila"}


# ---- The account


def test_making_the_service_object_costs_these_requests(server: Server) -> None:
    connect(server)

    first = ["POST /identity/token", "POST /v3/resources/search"]
    plans = ["GET /catalog/plan-premium", "GET /catalog/plan-open"]
    backends = ["POST /identity/token", "GET /backends"]
    assert server.log.lines() == [*first, *plans, *(backends if EARLY else [])]


def test_an_instance_may_be_named_left_open_or_given_by_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connect(server, instance="open-instance").active_instance() == OPEN_CRN
    everything = connect(server, instance=None)
    assert [found["plan"] for found in everything.instances()] == ["premium", "open"]

    for name, value in default_account(server, OPEN_CRN).items():
        monkeypatch.setenv(name, value)
    assert QiskitRuntimeService().active_instance() == OPEN_CRN


def test_unknown_keys_and_instances_are_refused(server: Server) -> None:
    with pytest.raises(InvalidAccountError, match="Unable to retrieve instances"):
        connect(server, token="another")
    with pytest.raises(IBMInputValueError, match="does not have access"):
        connect(server, instance=PREMIUM_CRN.replace("instance-1", "instance-9"))


def test_the_token_is_told_to_the_token_service_only(
    server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    Sampler(backend).run([circuit]).result()

    for entry in server.log.matching():
        told = TOKEN in f"{entry.query} {entry.body} {entry.headers}"
        assert told == (str(entry) == "POST /identity/token")


# ---- Backends


def test_backends(server: Server, service: QiskitRuntimeService) -> None:
    service.usage()
    server.log.clear()
    assert [backend.name for backend in service.backends()] == ["ibm_manila", "ibm_torino"]
    assert server.log.matching()[0].headers["service-crn"] == PREMIUM_CRN
    assert server.log.lines() == [
        "GET /backends",
        "GET /backends/ibm_manila/configuration",
        "GET /backends/ibm_torino/configuration",
    ]

    backend = service.backend("ibm_torino")
    assert backend.num_qubits == backend.target.num_qubits == 133
    assert backend.properties().backend_name == "ibm_torino"

    device = server.state.devices["ibm_torino"]
    device.status, device.others_in_queue = "internal", 12
    status = backend.status()
    assert (status.operational, status.status_msg, status.pending_jobs) == (True, "internal", 12)


def test_the_least_busy_backend_is_chosen_by_the_previous_look(
    server: Server, service: QiskitRuntimeService
) -> None:
    assert service.least_busy().name == "ibm_manila"
    server.state.devices["ibm_manila"].others_in_queue = 50

    assert service.least_busy().name == "ibm_manila"
    assert service.least_busy().name == "ibm_torino"


# ---- Results


@pytest.mark.parametrize("primitive", [SamplerV2, Sampler])
def test_samplers(primitive: Any, backend: IBMBackend, circuit: QuantumCircuit) -> None:
    turned = fitted(rotation(measured=True), backend)

    pubs = [circuit, (turned, np.array([[0.0], [np.pi]]))]
    bells, turns = primitive(backend).run(pubs, shots=200).result()

    counts = bells.data.meas.get_counts()
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 200
    assert [turns.data.meas[index].get_counts() for index in (0, 1)] == [{"0": 200}, {"1": 200}]


@pytest.mark.parametrize("primitive", [EstimatorV2, Estimator])
def test_estimators(primitive: Any, backend: IBMBackend) -> None:
    turned = fitted(rotation(), backend)
    observable = SparsePauliOp("Z").apply_layout(turned.layout)

    [result] = primitive(backend).run([(turned, observable, [[0.0], [np.pi]])]).result()

    assert result.data.evs == pytest.approx([1.0, -1.0], abs=0.05)


def test_a_large_qpu(service: QiskitRuntimeService) -> None:
    backend = service.backend("ibm_torino")
    circuit = fitted(bell(), backend)
    unmeasured = circuit.remove_final_measurements(inplace=False)
    observable = SparsePauliOp("ZZ").apply_layout(unmeasured.layout)

    [sampled] = Sampler(backend).run([circuit]).result()
    [estimated] = EstimatorV2(backend).run([(unmeasured, observable)]).result()

    assert set(sampled.data.meas.get_counts()) == {"00", "11"}
    assert estimated.data.evs == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("sampler", [SamplerV2, Sampler])
@pytest.mark.parametrize("estimator", [EstimatorV2, Estimator])
def test_results_of_zeros(
    sampler: Any, estimator: Any, server: Server, service: QiskitRuntimeService
) -> None:
    server.state.pace.simulates = False
    backend = service.backend("ibm_torino")
    turned = fitted(rotation(), backend)
    observable = SparsePauliOp("Z").apply_layout(turned.layout)
    measured = fitted(rotation(measured=True), backend)

    [sampled] = sampler(backend).run([(measured, [[0.0], [np.pi]])], shots=10).result()
    [estimated] = estimator(backend).run([(turned, observable, [[0.0], [np.pi]])]).result()

    assert [sampled.data.meas[index].get_counts() for index in (0, 1)] == [{"0": 10}] * 2
    assert estimated.data.evs.shape == (2,)
