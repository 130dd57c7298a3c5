"""Circuits of many kinds for one backend, generated: `cases`, and fixed ones by number: `sample`.

They are written in the backend's own gates on qubits that are connected there, or made of abstract
gates and transpiled. Tests of honesty and benchmarks draw from the same families.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.controlflow import CONTROL_FLOW_OP_NAMES
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp

from tests.support.circuits import fitted

MOST_QUBITS = 5
_ABSTRACT = ("h", "sx", "x", "s", "rz", "rx", "ry", "cx", "cz", "rzz")
_ANGLES = {"rz": 1, "rx": 1, "ry": 1, "rzz": 1, "p": 1, "u": 3}
_PAIRS = {"cx", "cz", "ecr", "rzz"}
_UNUSABLE = {"measure", "reset", "delay", *CONTROL_FLOW_OP_NAMES}


@dataclass(frozen=True)
class Case:
    """A circuit with values for its parameters, which may be a sweep."""

    circuit: QuantumCircuit
    values: np.ndarray
    shots: int = 100

    @property
    def pub(self) -> tuple[Any, ...]:
        """As a sampler takes it."""
        if self.circuit.num_parameters:
            return (self.circuit, self.values, self.shots)
        return (self.circuit, None, self.shots)

    @property
    def size(self) -> int:
        """How many circuits it is, with its values."""
        return int(np.prod(self.values.shape[:-1])) if self.circuit.num_parameters else 1

    @property
    def bound(self) -> QuantumCircuit:
        """The circuit with the first of its values."""
        count = self.circuit.num_parameters
        first: Any = self.values.reshape(-1)[:count] if count else []
        return self.circuit.assign_parameters(first)


class Choices:
    """Where choices come from: hypothesis, or a generator of random numbers."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def one_of(self, options: Any) -> Any:
        """One of these."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """Whether something with this chance happens; the simpler case is that it does not."""
        return self.below(100) >= 100 - percent

    def angle(self) -> float:
        """An angle, often a multiple of a quarter turn."""
        quarters = self.below(9) - 4
        return quarters * np.pi / 2 + (self.below(1000) / 500 if self.chance(60) else 0.0)


def build(backend: BackendV2, choices: Choices, *, measured: bool = True) -> Case:
    """Make a case from choices.

    Args:
        backend: Whose gates and connections are used.
        choices: What decides.
        measured: Whether it is measured, as samplers want it; estimators do not.
    """
    if choices.chance(30):
        maker = _Maker(backend, choices, is_abstract=True)
    else:
        maker = _Maker(backend, choices, is_abstract=False)
    maker.fill(measured=measured)
    circuit = maker.circuit
    if maker.is_abstract:
        circuit = fitted(circuit, backend)
    # Aer puts control flow that acts on no qubit on all of them, which are too many for it.
    circuit.data = [each for each in circuit.data if each.qubits]
    sweep = choices.one_of(((), (), (3,), (2, 2)))
    values = np.array(
        [choices.angle() for _ in range(int(np.prod((*sweep, circuit.num_parameters))))]
    ).reshape((*sweep, circuit.num_parameters))
    return Case(circuit, values, choices.one_of((1, 2, 7, 40, 100, 300)))


@st.composite
def cases(draw: st.DrawFn, backend: BackendV2, *, measured: bool = True) -> Case:
    """Cases for a backend, as hypothesis draws them."""
    return build(backend, Choices(lambda limit: draw(st.integers(0, limit - 1))), measured=measured)


def sample(backend: BackendV2, number: int, *, measured: bool = True) -> Case:
    """The case of this number: always the same."""
    return build(backend, Choices(random.Random(number).randrange), measured=measured)


@st.composite
def observables(draw: st.DrawFn, circuit: QuantumCircuit) -> SparsePauliOp:
    """A sum of Paulis on some qubits of a circuit."""
    terms = []
    used = sorted(
        {circuit.find_bit(qubit).index for each in circuit.data for qubit in each.qubits}
    )[:MOST_QUBITS] or [0]
    for _ in range(draw(st.integers(1, 4))):
        label = "".join(draw(st.sampled_from("IXYZ")) for _ in used)
        terms.append((label, used, draw(st.sampled_from((1.0, -0.5, 0.25, 2.0)))))
    return SparsePauliOp.from_sparse_list(terms, num_qubits=circuit.num_qubits)


class _Maker:
    """Writes one circuit."""

    def __init__(self, backend: BackendV2, choices: Choices, *, is_abstract: bool) -> None:
        self._choices = choices
        self.is_abstract = is_abstract
        self._target = backend.target
        self._has_connections = backend.coupling_map is not None
        if is_abstract or not self._has_connections:
            self._gates = list(_ABSTRACT)
            count = 1 + choices.below(MOST_QUBITS)
            if backend.num_qubits is not None:
                count = min(count, backend.num_qubits)
            self._qubits = list(range(count))
            size = count
        else:
            self._gates = sorted(set(backend.operation_names) - _UNUSABLE)
            self._qubits = self._connected(backend)
            size = backend.num_qubits
        self._waiting = [qubit for qubit in self._qubits if _can_wait(self._target, qubit)]
        self.circuit = QuantumCircuit(QuantumRegister(size, "q"))
        if choices.chance(50):
            self.circuit.name = f"case-{choices.below(1000)}"
        self._parameters = [Parameter(f"p{i}") for i in range(choices.below(3))]

    def _connected(self, backend: BackendV2) -> list[int]:
        choices, pairs = self._choices, backend.coupling_map
        qubits = [choices.below(backend.num_qubits)]
        for _ in range(choices.below(MOST_QUBITS)):
            near = sorted({other for own in qubits for other in pairs.neighbors(own)} - set(qubits))
            if near:
                qubits.append(choices.one_of(near))
        return qubits

    def fill(self, *, measured: bool) -> None:
        """Write it."""
        choices, circuit = self._choices, self.circuit
        registers = []
        if measured:
            registers.append(ClassicalRegister(len(self._qubits), "meas"))
            if choices.chance(40):
                registers.append(ClassicalRegister(1 + choices.below(9), "other"))
            if choices.chance(20):
                registers.reverse()
            circuit.add_register(*registers)
        is_dynamic = measured and choices.chance(30)
        for _ in range(choices.below(14)):
            self._step(circuit, is_dynamic=is_dynamic)
        if measured:
            if choices.chance(50):
                circuit.barrier()
            order = list(enumerate(self._qubits))
            if choices.chance(30):
                order.reverse()
            for bit, qubit in order:
                # Aer fails where control flow stands on qubits that nothing measures later.
                if is_dynamic or bit == 0 or choices.chance(90):
                    circuit.measure(qubit, circuit.cregs[0][bit % circuit.cregs[0].size])

    def _step(self, circuit: QuantumCircuit, *, is_dynamic: bool) -> None:
        choices = self._choices
        if choices.chance(8) and not self.is_abstract and self._waiting:
            circuit.delay(16 * (1 + choices.below(400)), choices.one_of(self._waiting), "dt")
        elif choices.chance(4):
            circuit.reset(choices.one_of(self._qubits))
        elif choices.chance(4):
            circuit.barrier()
        elif is_dynamic and choices.chance(25):
            self._conditional(circuit)
        else:
            self._gate(circuit)

    def _conditional(self, circuit: QuantumCircuit) -> None:
        choices = self._choices
        bit = choices.one_of(circuit.clbits)
        circuit.measure(choices.one_of(self._qubits), bit)
        register = choices.one_of(circuit.cregs)
        condition = (bit, 1) if choices.chance(60) else (register, choices.below(2))
        if choices.chance(30):
            with circuit.if_test(condition) as otherwise:
                self._gate(circuit)
            with otherwise:
                self._gate(circuit)
        elif choices.chance(70):
            with circuit.if_test(condition):
                self._gate(circuit)

    def _gate(self, circuit: QuantumCircuit) -> None:
        choices = self._choices
        name = choices.one_of(self._gates)
        if name in _PAIRS:
            pair = self._pair(name)
            if pair is None:
                return
            qubits = pair
        else:
            qubits = [choices.one_of(self._qubits)]
        angles = [self._angle() for _ in range(_ANGLES.get(name, 0))]
        getattr(circuit, name)(*angles, *qubits)

    def _pair(self, name: str) -> list[int] | None:
        choices = self._choices
        if self.is_abstract or not self._has_connections:
            pairs = [(a, b) for a in self._qubits for b in self._qubits if a != b]
        else:
            own = set(self._qubits)
            pairs = sorted(pair for pair in self._target[name] if own.issuperset(pair))
        return list(choices.one_of(pairs)) if pairs else None

    def _angle(self) -> Any:
        choices = self._choices
        if self._parameters and choices.chance(40):
            parameter = choices.one_of(self._parameters)
            return 2 * parameter + 0.25 if choices.chance(30) else parameter
        return choices.angle()


def _can_wait(target: Any, qubit: int) -> bool:
    """Whether Aer accepts a delay: it raises where T2 was measured to be over twice T1."""
    if target.qubit_properties is None:
        return True
    life = target.qubit_properties[qubit]
    return life.t1 is None or life.t2 is None or bool(life.t2 <= 2 * life.t1)
