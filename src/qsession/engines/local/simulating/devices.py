"""The noise of devices, made for the gates and qubits in use.

Upstream has two models of one device: its V2 primitives use the properties of a fake backend
(`PropertiesNoise`), its client-side ones the target (`TargetNoise`). Errors are made by Aer's own
functions, one gate at a time.
"""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Hashable, Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import Delay
from qiskit.exceptions import QiskitError
from qiskit.transpiler import Target
from qiskit_aer.noise import NoiseModel, QuantumError
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors
from qiskit_aer.noise.passes import RelaxationNoisePass

from qsession.engines.local.simulating import aer
from qsession.engines.local.simulating.bounded import Bounded
from qsession.engines.local.simulating.noise import MOST_ERRORS, Noise, Use, one_of_each

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


class _DeviceNoise(Noise):
    """The noise of a device, made one use at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._models: Bounded[Hashable, aer.Errors] = Bounded(MOST_ERRORS)

    def error_everywhere(self, name: str) -> QuantumError | None:  # noqa: ARG002
        return None

    def error(self, use: Use) -> QuantumError | None:
        own = self._model(use).quantum.get(use[0])
        return None if own is None else own.get(use[1])

    def readout(self, qubit: int) -> Any:
        error = self._model(("measure", (qubit,))).readout.get((qubit,))
        return None if error is None else error.probabilities

    def _model(self, use: Use) -> aer.Errors:
        key = (use, self.content([use]))
        errors = self._models.get(key)
        if errors is None:
            model = NoiseModel()
            with warnings.catch_warnings():
                # Aer's, of unphysical values, which it truncates.
                warnings.simplefilter("ignore")
                for name, qubits, error in self._gate_errors(use):
                    model.add_quantum_error(error, name, qubits, warnings=False)
                if use[0] == "measure":
                    for qubits, error in self._readout_errors(use[1][0]):
                        model.add_readout_error(error, qubits, warnings=False)
            errors = aer.errors_of(model)
            self._models.put(key, errors)
        return errors

    @abstractmethod
    def _gate_errors(self, use: Use) -> Any: ...

    @abstractmethod
    def _readout_errors(self, qubit: int) -> Any: ...

    def _errors_of(self, uses: Iterable[Use]) -> list[QuantumError]:
        return [error for use in uses if (error := self.error(use)) is not None]


class PropertiesNoise(_DeviceNoise):
    """The noise of a fake backend by its properties, as V2 primitives see it."""

    def __init__(self, properties: Any, dt: float | None) -> None:
        super().__init__()
        self._properties = properties
        self._dt = dt
        self._gates: dict[Use, list[Any]] = {}
        for gate in properties.gates:
            self._gates.setdefault((gate.gate, tuple(gate.qubits)), []).append(gate)
        self._operations: list[Any] | None = None

    def content(self, uses: Iterable[Use]) -> Hashable:  # noqa: ARG002
        return None

    def _gate_errors(self, use: Use) -> Any:
        gates = self._gates.get(use, [])
        return basic_device_gate_errors(self._only(gates, use[1])) if gates else []

    def _readout_errors(self, qubit: int) -> Any:
        return basic_device_readout_errors(self._only([], (qubit,)))

    def _only(self, gates: list[Any], qubits: tuple[int, ...]) -> Any:
        """The properties of these alone; the numbers of qubits stay."""
        own = [
            values if qubit in qubits else []
            for qubit, values in enumerate(self._properties.qubits)
        ]
        return SimpleNamespace(gates=gates, qubits=own)

    def waiting(self) -> tuple[Any, ...]:
        qubits = range(len(self._properties.qubits))
        try:
            waiting = RelaxationNoisePass(
                t1s=[self._properties.t1(qubit) for qubit in qubits],
                t2s=[self._properties.t2(qubit) for qubit in qubits],
                dt=self._dt,
                op_types=Delay,
                # At a temperature of zero.
                excited_state_populations=[0] * len(qubits),
            )
        except QiskitError:  # it does not say how long its states live
            return ()
        return (waiting,)

    def whole(self) -> Hashable:
        return None

    def operations(self) -> list[Any]:
        if self._operations is None:
            by_form = {self._form(use): use for use in self._gates}
            self._operations = one_of_each(self._errors_of(by_form.values()))
        return self._operations

    def _form(self, use: Use) -> Hashable:
        """Uses of one form have errors with the same operations, Paulis aside."""
        values = [
            {item.name: item.value for item in self._properties.qubits[qubit]} for qubit in use[1]
        ]
        gates = self._gates[use]
        return (
            tuple(own.get("T2", np.inf) > own.get("T1", np.inf) for own in values),
            tuple((item.name, item.value == 0) for gate in gates for item in gate.parameters),
        )


class TargetNoise(_DeviceNoise):
    """The noise of a backend by its target, as client-side primitives see it."""

    def __init__(self, backend: BackendV2) -> None:
        super().__init__()
        self.look_at(backend)

    def look_at(self, backend: BackendV2) -> None:
        """Take the backend's target, which may be another one or may have changed."""
        self._target = backend.target
        self._dt = backend.dt
        # A target may make them anew each time that somebody asks.
        self._lives = self._target.qubit_properties

    def content(self, uses: Iterable[Use]) -> Hashable:
        return tuple(self._values(use) for use in uses)

    def _values(self, use: Use) -> Hashable:
        name, qubits = use
        properties = self._properties(use)
        readout = tuple(
            getattr(properties, each, None) for each in ("prob_meas1_prep0", "prob_meas0_prep1")
        )
        lives = self._lives
        return (
            properties is None,
            getattr(properties, "error", None),
            getattr(properties, "duration", None),
            readout,
            lives and tuple((lives[q].t1, lives[q].t2, lives[q].frequency) for q in qubits),
            self._dt if name == "delay" else None,
        )

    def _properties(self, use: Use) -> Any:
        name, qubits = use
        if name not in self._target:
            return None
        return (self._target[name] or {}).get(qubits)

    def _only(self, use: Use) -> Target:
        name, qubits = use
        target = Target(
            num_qubits=self._target.num_qubits,
            qubit_properties=self._lives,
            dt=self._dt,
        )
        if name in self._target:
            operation = self._target.operation_from_name(name)
            properties = self._properties(use)
            if properties is not None:
                target.add_instruction(operation, {qubits: properties}, name=name)
        return target

    def _gate_errors(self, use: Use) -> Any:
        return basic_device_gate_errors(target=self._only(use))

    def _readout_errors(self, qubit: int) -> Any:
        return basic_device_readout_errors(target=self._only(("measure", (qubit,))))

    def waiting(self) -> tuple[Any, ...]:
        lives = self._lives
        if not lives:
            return ()
        t1s = [np.inf if life.t1 is None else life.t1 for life in lives]
        t2s = [_physical(life.t1, life.t2) for life in lives]
        waiting = RelaxationNoisePass(
            t1s=t1s,
            t2s=t2s,
            dt=self._dt,
            op_types=Delay,
            excited_state_populations=[0] * len(lives),
            target=self._target,
        )
        return (waiting,)

    def whole(self) -> Hashable:
        return frozenset(self._forms())

    def operations(self) -> list[Any]:
        return one_of_each(self._errors_of(self._forms().values()))

    def _forms(self) -> dict[Hashable, Use]:
        """A use of each form: their errors have the same operations, Paulis aside."""
        by_form: dict[Hashable, Use] = {}
        lives = self._lives or []
        forms = [_live_form(life) for life in lives]
        for name in self._target.operation_names:
            for qubits, properties in (self._target[name] or {}).items():
                if properties is None or qubits is None or name == "measure":
                    continue
                form = (
                    tuple(forms[q] for q in qubits) if forms else len(qubits),
                    not properties.error,
                    not properties.duration,
                )
                by_form.setdefault(form, (name, qubits))
        return by_form


def _live_form(life: Any) -> Hashable:
    t1 = np.inf if life.t1 is None else life.t1
    return _physical(life.t1, life.t2) > t1


def _physical(t1: float | None, t2: float | None) -> float:
    """T2 as Aer takes it: at most 2 T1."""
    if t1 is None:
        return np.inf if t2 is None else t2
    return 2 * t1 if t2 is None else min(t2, 2 * t1)
