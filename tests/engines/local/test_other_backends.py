"""Backends of other providers, whose ``run`` is all that is known of them.

The classes here do what the real ones do that were tried: `CountsOnly` and `UnitaryOnly` what those
of DDSIM 2.7 do (``qasm_simulator``, ``unitary_simulator``), `WithoutOptions` what Braket's local
simulators do (qiskit-braket-provider 0.27).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import CXGate, HGate, RYGate, RZGate, XGate
from qiskit.primitives import BackendSamplerV2
from qiskit.providers import BackendV2, Options
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.quantum_info import Kraus, Operator, SparsePauliOp
from qiskit.result import Result
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import EstimatorV2, SamplerV2
from qiskit_ibm_runtime.executor_sampler import Sampler

from qsession import InvalidInputError, JobFailedError, Session
from tests.support.circuits import bell, rotation

LEGACY = pytest.mark.filterwarnings(
    "ignore:The (Sampler|Estimator)V2 class is deprecated:DeprecationWarning"
)


class Done:
    """A job that has ended."""

    def __init__(self, name: str, results: list[dict[str, Any]]) -> None:
        self._name = name
        self._results = results

    def result(self) -> Result:
        return Result.from_dict(
            {
                "backend_name": self._name,
                "job_id": "1",
                "success": True,
                "results": [{"success": True, **each} for each in self._results],
            }
        )


class Other(BackendV2):
    """A simulator of another provider, of any connectivity."""

    can_measure = True

    def __init__(self) -> None:
        super().__init__(name="other_simulator")
        self._target = Target(num_qubits=4)
        angle = Parameter("angle")
        gates = [HGate(), XGate(), RYGate(angle), RZGate(angle), CXGate()]
        for each in [*gates, Measure()] if self.can_measure else gates:
            self._target.add_instruction(each, {None: None})

    @property
    def target(self) -> Target:
        return self._target

    @property
    def max_circuits(self) -> None:
        return None

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=1024, memory=False, seed_simulator=None)

    def run(self, run_input: Any, **options: Any) -> Any:
        raise NotImplementedError


def simulated(run_input: Any, shots: int, seed: int | None = None) -> list[Any]:
    """What Aer measures, one a circuit."""
    circuits = [run_input] if isinstance(run_input, QuantumCircuit) else list(run_input)
    result = AerSimulator().run(circuits, shots=shots, seed_simulator=seed, memory=True).result()
    return list(result.results)


class CountsOnly(Other):
    """Gives counts, whatever is asked for, and fails on a seed that is None."""

    def run(self, run_input: Any, **options: Any) -> Any:
        seed = options.get("seed_simulator", -1)
        if not isinstance(seed, int):
            raise TypeError("__init__(): incompatible function arguments.\nInvoked with: seed=None")
        shots = options.get("shots", 1024)
        measured = simulated(run_input, shots, seed if seed >= 0 else None)
        return Done(
            self.name,
            [
                {
                    "shots": shots,
                    "data": {"counts": self.counted(each.data.counts)},
                    "header": {**each.header},
                }
                for each in measured
            ],
        )

    def counted(self, counts: dict[str, int]) -> dict[str, int]:
        return counts


class CountsOfBits(CountsOnly):
    """Names outcomes by their bits, with a space between registers."""

    def counted(self, counts: dict[str, int]) -> dict[str, int]:
        bits = {f"{int(outcome, 16):04b}": count for outcome, count in counts.items()}
        return {f"{outcome[:2]} {outcome[2:]}": count for outcome, count in bits.items()}


class WithoutOptions(Other):
    """Gives shots in their order, and takes whatever options there are."""

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, *, shots: int = 1024, **options: Any) -> Any:
        measured = simulated(run_input, shots, options.get("seed_simulator"))
        data = [{"counts": each.data.counts, "memory": each.data.memory} for each in measured]
        return Done(self.name, [{"shots": shots, "data": each} for each in data])


class UnitaryOnly(Other):
    """Gives the operator of a circuit, and refuses one that measures."""

    can_measure = False

    def run(self, run_input: Any, **options: Any) -> Any:
        circuits = [run_input] if isinstance(run_input, QuantumCircuit) else list(run_input)
        if any("measure" in circuit.count_ops() for circuit in circuits):
            raise ValueError("Unsupported instruction 'measure'")
        operators = [Operator(circuit).data for circuit in circuits]
        return Done(self.name, [{"shots": 1, "data": {"unitary": each}} for each in operators])


class Silent(Other):
    """Gives neither shots nor counts."""

    def run(self, run_input: Any, **options: Any) -> Any:
        return Done(self.name, [{"shots": options["shots"], "data": {}}])


def two_registers() -> QuantumCircuit:
    """Measured as 01 in the first register and 11 in the second."""
    circuit = QuantumCircuit(4)
    circuit.x([0, 2, 3])
    first, second = ClassicalRegister(2, "first"), ClassicalRegister(2, "second")
    circuit.add_register(first, second)
    circuit.measure(range(4), [*first, *second])
    return circuit


@pytest.mark.parametrize("make", [CountsOnly, CountsOfBits, WithoutOptions])
def test_a_sampler_reads_shots_from_counts_where_there_are_no_shots(make):
    with Session(make()) as session:
        data = session.run(two_registers(), shots=50).result()[0].data
    assert data.first.get_counts() == {"01": 50}
    assert data.second.get_counts() == {"11": 50}


def test_qiskits_sampler_reads_zeros_there():
    backend = CountsOnly()
    sampler = BackendSamplerV2(backend=backend, options={"seed_simulator": 1})
    assert sampler.run([two_registers()]).result()[0].data.second.get_counts() == {"00": 1024}


@pytest.mark.parametrize("make", [CountsOnly, WithoutOptions])
def test_registers_of_one_shot_belong_together_and_shots_come_in_any_order(make):
    with Session(make()) as session:
        job = session.run(bell(), shots=400, options={"simulator": {"seed_simulator": 3}})
        bits = job.result()[0].data.meas.get_bitstrings()
    assert set(bits) == {"00", "11"}
    assert set(bits[:100]) == set(bits[-100:]) == {"00", "11"}


def test_shots_of_a_seed_are_the_same_each_time():
    seeded = {"simulator": {"seed_simulator": 3}}
    with Session(CountsOnly()) as session:
        jobs = [session.run(bell(), shots=60, options=seeded) for _ in range(2)]
        first, second = [job.result()[0].data.meas.get_bitstrings() for job in jobs]
    assert first == second


def test_shots_that_it_gives_stay_in_their_order():
    backend = WithoutOptions()
    expected = [int(shot, 16) for shot in simulated(bell(), 60, seed=3)[0].data.memory]
    with Session(backend) as session:
        job = session.run(bell(), shots=60, options={"simulator": {"seed_simulator": 3}})
        bits = job.result()[0].data.meas.get_bitstrings()
    assert [int(each, 2) for each in bits] == expected


@pytest.mark.parametrize("make", [CountsOnly, WithoutOptions])
def test_sweeps_and_estimators_run(make):
    with Session(make()) as session:
        sampled = session.run((rotation(measured=True), [[0.0], [np.pi]]), shots=20).result()
        pub = (rotation(), SparsePauliOp("Z"), [[0.0], [np.pi]])
        estimated = session.run(pub).result()
    assert [sampled[0].data.meas[place].get_counts() for place in (0, 1)] == [{"0": 20}, {"1": 20}]
    assert estimated[0].data.evs.tolist() == [1.0, -1.0]


@LEGACY
def test_ibms_primitives_run_in_the_session():
    observed = bell()
    observed.remove_final_measurements()
    with Session(CountsOnly()) as session:
        counts = SamplerV2(mode=session).run([bell()]).result()[0].data.meas.get_counts()
        values = EstimatorV2(mode=session).run([(observed, SparsePauliOp("ZZ"))]).result()
    assert counts.keys() == {"00", "11"}
    assert float(values[0].data.evs) == 1.0


@pytest.mark.parametrize("make", [CountsOnly, BasicSimulator])
def test_client_side_primitives_say_what_they_need(make):
    with Session(make()) as session:
        job = Sampler(mode=session).run([bell()], shots=5)
        with pytest.raises(InvalidInputError, match=r"^IBM's client-side .* none\. .*$") as caught:
            job.result()
    assert "\n" not in str(caught.value)


def test_a_result_without_shots_and_counts_is_no_sample():
    with Session(Silent()) as session, pytest.raises(JobFailedError, match="neither shots nor"):
        session.run(bell()).result()


def test_what_cannot_be_transpiled_is_run_as_it_is():
    circuit = QuantumCircuit(2, name="odd")
    circuit.h(0)
    dephasing = Kraus([np.sqrt(0.5) * np.eye(2), np.sqrt(0.5) * np.diag([1, -1])])
    circuit.append(dephasing.to_instruction(), [0])
    circuit.cx(0, 1)
    circuit.measure_all()
    with Session(WithoutOptions()) as session:
        with pytest.raises(InvalidInputError, match="'odd' could not be transpiled"):
            session.run(circuit)
        counts = session.run_circuits(circuit, shots=50).result().data(0)["counts"]
    assert counts.keys() == {"0x0", "0x3"}


def test_a_circuit_without_measurement_is_the_providers_affair():
    circuit = bell()
    circuit.remove_final_measurements()
    with Session(UnitaryOnly()) as session:
        result = session.run_circuits(circuit).result()
    assert np.allclose(result.data(0)["unitary"], Operator(circuit).data)


def test_where_the_provider_refuses_too_both_reasons_are_told():
    with Session(UnitaryOnly()) as session, pytest.raises(ValueError, match="measure") as caught:
        session.run_circuits(bell()).result()
    (note,) = caught.value.__notes__
    assert note.startswith("Circuit 'bell' was handed over as it is, since it could not be")


def test_the_basic_simulator_runs_everything():
    observed = bell()
    observed.remove_final_measurements()
    with Session(BasicSimulator()) as session:
        sampled = session.run(bell(), shots=90).result()[0].data.meas.get_counts()
        value = session.run((observed, SparsePauliOp("XX"))).result()[0].data.evs
        counted = session.run_circuits(bell(), shots=90).result().get_counts()
    assert sampled.keys() == counted.keys() == {"00", "11"}
    assert float(value) == 1.0


@pytest.mark.parametrize("make", [CountsOnly, WithoutOptions, BasicSimulator])
def test_nothing_is_warned_of(make):
    with warnings.catch_warnings(record=True) as caught, Session(make()) as session:
        warnings.simplefilter("always")
        session.run([bell()] * 3, shots=20_000).result()
        session.run_circuits(bell()).result()
    assert caught == []
