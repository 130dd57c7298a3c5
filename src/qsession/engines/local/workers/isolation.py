"""Finds out which work may end the process that computes it, and runs that in one of its own.

Aer runs shots in threads of its own, out of which no C++ exception can be told: one that is thrown
there ends the process. Classical variables make it throw, where it looks for their bits among those
of the circuit. And Aer goes by names: a gate of somebody's own that is called "diagonal" is read as
Aer's, without the parameters that Aer's has. It throws, too, where an error of a noise model acts
on more qubits than the instruction that it follows, and where shots branch. It frees what it does
not have where it keeps a state in blocks of fewer qubits than the circuit has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import ClassicalRegister, Clbit, ControlledGate, Gate, Instruction, Store
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import get_standard_gate_name_mapping

from qsession.engines.local.workers.packing import Parcel
from qsession.engines.local.workers.pool import workers
from qsession.engines.local.workers.worker import WorkerStartError
from qsession.errors import JobFailedError
from qsession.simulator.aer_noise_models import errors_everywhere
from qsession.simulator.fingerprint import read_ahead
from qsession.simulator.instructions import is_plain, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

    from qsession.engines.local.work import Work
    from qsession.engines.local.workers.protocol import Reply, Task


REFUSAL = (
    "The job has classical variables, expressions of bits that are never measured, gates of its "
    "own, errors wider than their gates, branching shots, or states in blocks, with which Aer can "
    "end the process that simulates it, and no process of its own can be had for it"
)


def carry_out_apart(task: Task) -> Reply:
    """Run a task that brings all of its parts in a worker of the process to which it has come.

    Raises:
        WorkerLostError: If the worker ended under it.
        JobFailedError: If no worker can be started there.
    """
    try:
        worker = workers.borrow()
    except WorkerStartError as error:
        raise JobFailedError(f"{REFUSAL}: {error}.") from error
    is_usable = False
    try:
        reply = worker.run(task.job_id, Parcel(task.work, task.parts), task.memory_limit)
        is_usable = True
    except WorkerStartError as error:
        raise JobFailedError(f"{REFUSAL}: {error}.") from error
    finally:
        workers.give_back(worker, is_usable=is_usable)
    return reply


_GENERIC = (ControlledGate, Gate, Instruction)
"""Classes whose instances are told by their names alone."""

_PACKAGES = ("qiskit", "qiskit_aer")
_FREES_TOO_MUCH = "multiplexer"
"""Aer reads Qiskit's `UCGate` as its own of this name, and corrupts its memory."""

_OF_MATRICES = ("kraus", "superop")
"""The channels that Qiskit makes generic instructions of, with matrices as their parameters."""


_RISKY_OPTIONS = ("shot_branching_enable", "blocking_qubits")


def may_abort(work: Work) -> bool:
    """Return True if the work may crash its process, so that it needs one of its own."""
    try:
        return (
            any(map(_is_risky, work.circuits))
            or any(map(option := _options_of(work), _RISKY_OPTIONS))
            or _meets_wide_error(work, option("noise_model"))
        )
    except Exception:  # noqa: BLE001 - odd work fails where it runs, and says why there
        return False


def _options_of(work: Work) -> Callable[[str], Any]:
    """A function: an option of the run, else of its simulator; None if neither has it."""
    options = getattr(work, "options", None)
    given = options if isinstance(options, Mapping) else {}
    given = {**given, **(given.get("run_options") or {})}
    of_simulator = work.backend.options

    def option(name: str) -> Any:
        value = given.get(name)  # None asks for nothing, and leaves the simulator's
        return getattr(of_simulator, name, None) if value is None else value

    return option


def _meets_wide_error(work: Work, noise_model: Any) -> bool:
    """Return True if an error for all qubits may follow an instruction on fewer than it acts on.

    Errors of certain qubits are no question: they follow an instruction on just these.
    """
    if noise_model is None:
        return False
    errors = errors_everywhere(noise_model)
    widths = {name: error.num_qubits for name, error in errors.items()}
    # More is simulated than the circuits: changes of basis, twirls, what initializes.
    if any(width > _standard_widths().get(name, width) for name, width in widths.items()):
        return True
    return any(_has_narrower(circuit, widths) for circuit in work.circuits)


@cache
def _standard_widths() -> Mapping[str, int]:
    """Return on how many qubits Qiskit's standard instructions act, by their names."""
    gates = get_standard_gate_name_mapping()
    return {name: gate.num_qubits for name, gate in gates.items()}


_JUMPS = ("jump", "mark")
"""The instructions that Aer makes of control flow, on some of the qubits."""

_OPEN_CONTROLS = "_o"
"""Begins the end of the name of a gate with controls of 0: Aer puts an X on each of these, under
the label of the gate."""


def _has_narrower(circuit: QuantumCircuit, widths: Mapping[str, int]) -> bool:
    """Return True if an instruction acts on fewer qubits than there are in the width of its name.

    Aer goes by its label, if it has one and is a gate, and else by its name.
    """
    for instruction in circuit.data:
        label = instruction.label
        if label is None and instruction.is_standard_gate():
            continue  # no error is wider than the standard gate of its name
        name, on = instruction.name, len(instruction.qubits)
        if on < widths.get(name, 0):  # stores are on none
            return True
        if label is not None and (1 if _OPEN_CONTROLS in name else on) < widths.get(label, 0):
            return True
        if instruction.is_control_flow() and (
            any(widths.get(each, 0) > min(circuit.num_qubits, 1) for each in _JUMPS)
            or any(_has_narrower(block, widths) for block in instruction.operation.blocks)
        ):
            return True
    return False


def _is_risky(circuit: QuantumCircuit) -> bool:
    if read_ahead(circuit) is not None:
        return False  # as most are: each job is asked
    if not (circuit.num_vars or circuit.num_stretches) and all(map(_is_harmless, circuit.data)):
        return False  # so are most of the long ones
    if _has_variables_or_odd(circuit):
        return True
    read = max(_bits_read(circuit), default=-1)
    return read >= 0 and read > max(_bits_measured(circuit), default=-1)


def _is_harmless(instruction: CircuitInstruction) -> bool:
    """Return True for one that neither is odd nor reads a bit."""
    return bool(instruction.is_standard_gate()) or is_plain(instruction.operation)


def _has_variables_or_odd(circuit: QuantumCircuit) -> bool:
    if circuit.num_vars or circuit.num_stretches:
        return True
    return any(map(_is_odd, circuit.data))


def _is_odd(instruction: CircuitInstruction) -> bool:
    if instruction.is_standard_gate():
        return False
    operation = instruction.operation
    if operation.name == _FREES_TOO_MUCH or _writes_number(operation):
        return True
    if instruction.is_control_flow():
        # A block can have variables of its own.
        return any(map(_has_variables_or_odd, operation.blocks))
    kind = kind_of(operation)
    if kind not in _GENERIC and kind.__module__.partition(".")[0] in _PACKAGES:
        return False
    return not (operation.name in _OF_MATRICES and _are_matrices(operation.params))


def _bits_read(circuit: QuantumCircuit) -> Iterator[int]:
    """The numbers of the bits that expressions read."""
    for instruction in circuit.data:
        if instruction.is_standard_gate():
            continue
        operation = instruction.operation
        for name in ("condition", "target", "rvalue"):
            value = getattr(operation, name, None)
            if isinstance(value, expr.Expr):
                yield from (circuit.find_bit(bit).index for bit in _bits_of(value))
        for block in getattr(operation, "blocks", ()):
            yield from _outside(circuit, instruction, _bits_read(block))


def _bits_measured(circuit: QuantumCircuit) -> Iterator[int]:
    """The numbers of the bits that are measured into."""
    for instruction in circuit.data:
        if instruction.name == "measure":
            yield circuit.find_bit(instruction.clbits[0]).index
        elif instruction.is_control_flow():
            for block in instruction.operation.blocks:
                yield from _outside(circuit, instruction, _bits_measured(block))


def _outside(
    circuit: QuantumCircuit,
    instruction: CircuitInstruction,
    numbers: Iterator[int],
) -> Iterator[int]:
    """Yield the indices in the outer circuit of the given classical bits of a block."""
    return (circuit.find_bit(instruction.clbits[number]).index for number in numbers)


def _bits_of(expression: expr.Expr) -> Iterator[Clbit]:
    for variable in expr.iter_vars(expression):
        if isinstance(variable.var, Clbit):
            yield variable.var
        elif isinstance(variable.var, ClassicalRegister):
            yield from variable.var


def _writes_number(operation: Any) -> bool:
    """Return True for a store into a register, read as a bit's value when shots branch."""
    return isinstance(operation, Store) and not isinstance(operation.lvalue.type, types.Bool)


def _are_matrices(parameters: list[Any]) -> bool:
    return bool(parameters) and all(
        isinstance(each, np.ndarray) and each.ndim == 2  # noqa: PLR2004 - rows and columns
        for each in parameters
    )
