"""The noise of devices, made for the gates and qubits in use.

Upstream has two models of one device: its V2 primitives use the properties of a fake backend
(`PropertiesNoise`), its client-side ones the target (`TargetNoise`). Errors are made by Aer's own
functions, one gate at a time.
"""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import Delay, Measure
from qiskit.exceptions import QiskitError
from qiskit.providers import QubitProperties
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors
from qiskit_aer.noise.passes import RelaxationNoisePass

from qsession.forks import ForkSafeLock
from qsession.simulator import noise_errors
from qsession.simulator.aer_noise_models import ModelContent, content_of
from qsession.simulator.lru import Bounded
from qsession.simulator.noise import MOST_ERRORS, Noise, Use

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.simulator.aer_noise_models import AnyError


class _DeviceNoise(Noise):
    """The noise of a device, made one use at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._models: Bounded[Use, ModelContent] = Bounded(MOST_ERRORS)
        self._making = ForkSafeLock()

    def error_everywhere(self, name: str) -> AnyError | None:  # noqa: ARG002
        return None

    def error(self, use: Use) -> AnyError | None:
        own = self._model(use).quantum.get(use[0])
        return None if own is None else own.get(use[1])

    def readout(self, qubit: int) -> Any:
        error = self._model(("measure", (qubit,))).readout.get((qubit,))
        return None if error is None else error.probabilities

    @cached_property
    def has_errors(self) -> bool:
        return any(self.error(use) is not None for use in self._one_of_each_form())

    @cached_property
    def has_misreadings(self) -> bool:
        return any(self.readout(qubit) is not None for qubit in range(self._num_qubits))

    @cached_property
    def operations(self) -> Mapping[str, noise_errors.Operation]:
        every = (self.error(use) for use in self._one_of_each_form())
        return noise_errors.operations_of(error for error in every if error is not None)

    @property
    def fits_density_matrix(self) -> bool:
        return True  # Aer makes errors of devices of nothing else, whatever they are

    @property
    @abstractmethod
    def _num_qubits(self) -> int:
        """The number of qubits of the device."""

    def _model(self, use: Use) -> ModelContent:
        # Backends that are equal share this: two threads must not make two errors of one.
        with self._making:
            content = self._models.get(use)
            if content is None:
                content = self._made(use)
                self._models.put(use, content)
        return content

    def _made(self, use: Use) -> ModelContent:
        model = NoiseModel()
        with warnings.catch_warnings():
            # Aer's, of unphysical values, which it truncates.
            warnings.simplefilter("ignore")
            for name, qubits, error in self._gate_errors(use):
                model.add_quantum_error(error, name, qubits, warnings=False)
            if use[0] == "measure":
                for qubits, error in self._readout_errors(use[1][0]):
                    model.add_readout_error(error, qubits, warnings=False)
        return content_of(model)

    @abstractmethod
    def _one_of_each_form(self) -> Iterable[Use]:
        """Uses of a form have errors with the same operations, Paulis aside: one of each."""

    @abstractmethod
    def _gate_errors(self, use: Use) -> Any: ...

    @abstractmethod
    def _readout_errors(self, qubit: int) -> Any: ...


class PropertiesNoise(_DeviceNoise):
    """The noise of a fake backend by its properties, as V2 primitives see it."""

    def __init__(self, properties: Any, dt: float | None) -> None:
        super().__init__()
        self._properties = properties
        self._dt = dt
        self._gates: dict[Use, list[Any]] = {}
        for gate in properties.gates:
            self._gates.setdefault((gate.gate, tuple(gate.qubits)), []).append(gate)

    @property
    def _num_qubits(self) -> int:
        return len(self._properties.qubits)

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

    def _one_of_each_form(self) -> Iterable[Use]:
        return {self._form(use): use for use in self._gates}.values()

    def _form(self, use: Use) -> Hashable:
        values = [
            {item.name: item.value for item in self._properties.qubits[qubit]} for qubit in use[1]
        ]
        gates = self._gates[use]
        return (
            tuple(own.get("T2", np.inf) > own.get("T1", np.inf) for own in values),
            tuple((item.name, item.value == 0) for gate in gates for item in gate.parameters),
        )


@dataclass(frozen=True)
class TargetContent:
    """The errors in a target at one moment; later changes of the target do not reach it.

    Attributes:
        num_qubits: How many there are.
        dt: The unit of delays, in seconds.
        lives: T1, T2 (seconds) and frequency (hertz) of each qubit; None if it does not say.
        values: Of each instruction by its qubits: error, duration (seconds), and for measurements
            how likely each misreading is, if it says. None if nothing is said.
        operations: The instructions by name.
    """

    num_qubits: int | None
    dt: float | None
    lives: tuple[tuple[Any, Any, Any], ...] | None
    values: Mapping[str, Mapping[tuple[int, ...], tuple[Any, ...] | None]]
    operations: Mapping[str, Any] = field(compare=False)

    @classmethod
    def of(cls, backend: BackendV2) -> TargetContent:
        """Read the target of a backend."""
        target = backend.target
        lives = target.qubit_properties
        names = [name for name in target.operation_names if target[name] is not None]
        return cls(
            target.num_qubits,
            backend.dt,
            lives and tuple((life.t1, life.t2, life.frequency) for life in lives),
            {
                name: {
                    qubits: properties and _values(properties)
                    for qubits, properties in target[name].items()
                }
                for name in names
            },
            {name: target.operation_from_name(name) for name in names},
        )


def _values(properties: Any) -> tuple[Any, ...]:
    readout = (
        getattr(properties, "prob_meas1_prep0", None),
        getattr(properties, "prob_meas0_prep1", None),
    )
    return (properties.error, properties.duration, *readout)


class TargetNoise(_DeviceNoise):
    """The noise of a backend by its target, as client-side primitives see it."""

    def __init__(self, content: TargetContent) -> None:
        super().__init__()
        self.content = content
        self._lives = [
            QubitProperties(t1=t1, t2=t2, frequency=frequency)
            for t1, t2, frequency in content.lives or ()
        ]

    @property
    def _num_qubits(self) -> int:
        return self.content.num_qubits or 0

    def _only(self, use: Use) -> Target:
        """The target of this alone."""
        name, qubits = use
        content = self.content
        target = Target(
            num_qubits=content.num_qubits, qubit_properties=self._lives or None, dt=content.dt
        )
        values = content.values.get(name, {}).get(qubits)
        if values is not None:
            properties = InstructionProperties(error=values[0], duration=values[1])
            if None not in values[2:]:
                properties.prob_meas1_prep0, properties.prob_meas0_prep1 = values[2:]
            target.add_instruction(content.operations[name], {qubits: properties}, name=name)
        return target

    def _gate_errors(self, use: Use) -> Any:
        if use[1] not in self.content.values.get(use[0], {}):
            return []
        return basic_device_gate_errors(target=self._only(use))

    def _readout_errors(self, qubit: int) -> Any:
        return basic_device_readout_errors(target=self._only(("measure", (qubit,))))

    def waiting(self) -> tuple[Any, ...]:
        lives = self._lives
        if not lives:
            return ()
        waiting = RelaxationNoisePass(
            t1s=[np.inf if life.t1 is None else life.t1 for life in lives],
            t2s=[_physical(life.t1, life.t2) for life in lives],
            dt=self.content.dt,
            op_types=Delay,
            excited_state_populations=[0] * len(lives),
            # It is asked for other instructions only; that there is one says how units are read.
            target=Target(),
        )
        return (waiting,)

    def _one_of_each_form(self) -> Iterable[Use]:
        by_form: dict[Hashable, Use] = {}
        forms = [_live_form(life) for life in self._lives]
        for name, places in self.content.values.items():
            if isinstance(self.content.operations[name], Measure):
                continue
            for qubits, values in places.items():
                if values is None or qubits is None:
                    continue
                error, duration = values[:2]
                form = (
                    tuple(forms[q] for q in qubits) if forms else len(qubits),
                    not error,
                    not duration,
                )
                by_form.setdefault(form, (name, qubits))
        return by_form.values()


def _live_form(life: Any) -> Hashable:
    t1 = np.inf if life.t1 is None else life.t1
    return _physical(life.t1, life.t2) > t1


def _physical(t1: float | None, t2: float | None) -> float:
    """T2 as Aer takes it: at most 2 T1."""
    if t1 is None:
        return np.inf if t2 is None else t2
    return 2 * t1 if t2 is None else min(t2, 2 * t1)
