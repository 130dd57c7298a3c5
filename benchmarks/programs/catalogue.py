"""Which program is measured on which backend."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qiskit_ibm_runtime
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

import qsession
from benchmarks.programs import (
    addons,
    characterization,
    dynamic_circuits,
    first_steps,
    mitigation,
    older_interface,
    variational,
)

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

Program = Callable[[Any, Any], Any]
"""Takes what is under test and a backend; gives the values that must be equal."""


@dataclass(frozen=True)
class Client:
    """What programs take of a client."""

    ours: Any
    theirs: Any


SESSION = Client(qsession.Session, qiskit_ibm_runtime.Session)
BATCH = Client(qsession.Batch, qiskit_ibm_runtime.Batch)
BACKEND = Client(qsession.get_backend, lambda backend: backend)


@dataclass(frozen=True)
class ProgramCase:
    """A program on a backend.

    Attributes:
        name: What it is, as the table says it.
        program: The program.
        make_backend: Makes its backend, anew for each run and outside of what is timed.
        client: What it takes.
        is_same: Whether our values are as good as IBM's: equal, where there are seeds.
        warms_up: Whether it runs once, with IBM's client, before it is measured: some libraries
            load or compile much when they are first used.
    """

    name: str
    program: Program
    make_backend: Callable[[], BackendV2]
    client: Client = SESSION
    is_same: Callable[[Any, Any], bool] = operator.eq
    warms_up: bool = False


AER, MANILA, BRISBANE = AerSimulator, FakeManilaV2, FakeBrisbane


def noisy_aer() -> AerSimulator:
    """Aer with FakeManilaV2's noise but not its target, which knows no loops."""
    return AerSimulator(noise_model=NoiseModel.from_backend(FakeManilaV2()))


_PROGRAMS: tuple[tuple[str, Program, tuple[Callable[[], BackendV2], ...], Client], ...] = (
    ("hello world", first_steps.hello_world, (AER, MANILA, BRISBANE), SESSION),
    ("hello world, GHZ", first_steps.large_ghz, (AER, MANILA, BRISBANE), SESSION),
    (
        "hello world, client-side primitives",
        first_steps.hello_world_on_the_client_side,
        (AER, MANILA),
        SESSION,
    ),
    ("Bell counts", first_steps.bell_counts, (AER, MANILA, BRISBANE), SESSION),
    ("CHSH", first_steps.chsh, (AER, MANILA, BRISBANE), SESSION),
    ("eight PUBs", first_steps.eight_pubs, (AER, MANILA), SESSION),
    ("parameter sweep", first_steps.sweep, (AER, MANILA), SESSION),
    ("VQE of a spin chain", variational.spin_chain_vqe, (AER, MANILA), SESSION),
    ("QAOA", variational.qaoa, (AER, MANILA), SESSION),
    ("gradient", variational.parameter_shift, (AER, MANILA, BRISBANE), SESSION),
    ("neural network", variational.neural_network, (AER, MANILA), SESSION),
    ("quantum kernel", variational.kernel, (AER, MANILA), SESSION),
    ("state tomography", characterization.tomography, (AER, MANILA), SESSION),
    (
        "randomized benchmarking",
        characterization.randomized_benchmarking,
        (AER, MANILA),
        SESSION,
    ),
    ("T1", characterization.relaxation, (AER, MANILA, BRISBANE), SESSION),
    ("repetition code", dynamic_circuits.repetition_code, (AER, MANILA), SESSION),
    (
        "repetition code, fed forward",
        dynamic_circuits.corrected_repetition_code,
        (AER, MANILA),
        SESSION,
    ),
    ("switch", dynamic_circuits.switch, (AER, noisy_aer), SESSION),
    ("while loop of one qubit", dynamic_circuits.one_qubit_loop, (AER, noisy_aer), SESSION),
    ("twenty sessions with a loop each", dynamic_circuits.one_qubit_loops, (AER,), SESSION),
    ("repeat until success", dynamic_circuits.repeat_until_success, (AER, noisy_aer), SESSION),
    ("long-range CNOT", dynamic_circuits.long_range_cnot, (AER, MANILA, BRISBANE), SESSION),
    ("teleportation", dynamic_circuits.teleportation, (AER, MANILA), SESSION),
    ("combined mitigation, Batch", mitigation.combined_options, (AER, MANILA), BATCH),
    ("zero-noise extrapolation", mitigation.zero_noise_extrapolation, (AER, MANILA), SESSION),
    ("readout mitigation", mitigation.readout_mitigation, (AER, MANILA), SESSION),
    (
        "operator backpropagation",
        addons.backpropagated_observables,
        (AER, MANILA),
        SESSION,
    ),
    ("many observables", addons.many_observables, (AER, MANILA), SESSION),
    ("circuit cutting, Batch", addons.cut_circuit, (AER, MANILA), BATCH),
    ("samples of a subspace", addons.sampled_subspace, (AER, MANILA), SESSION),
    ("backend.run", older_interface.counts, (AER, MANILA), BACKEND),
    ("backend.run, usual options", older_interface.usual_options, (AER, MANILA), BACKEND),
)


def case_name(name: str, make_backend: Callable[[], BackendV2]) -> str:
    """A program's name with its backend's."""
    words = {AER: "ideal Aer", noisy_aer: "noisy Aer"}
    return f"{name}, {words.get(make_backend) or make_backend.__name__}"


CASES = tuple(
    ProgramCase(case_name(name, make), program, make, client)
    for name, program, backends, client in _PROGRAMS
    for make in backends
)
