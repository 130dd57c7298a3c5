"""Each kind of instruction gives the bits of Aer itself, by the same method, whatever the noise."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, pauli_error

from qsession.engines.local.work import CircuitWork, SamplerWork, run_work
from tests.support.known_circuits import CIRCUITS, NOISES

SEED = 7

ALONE = {"max_parallel_threads": 1}
"""Where Aer fails on classical bits, it must not do so in a thread: that ends the process."""

# Which noise follows these is left to Aer.
WITHOUT_NOISE_ALONE = {"initialize_behind_others", "channels", "paulis_and_diagonals"}


@pytest.fixture(scope="module")
def backend() -> AerSimulator:
    """One for all: what is kept of the others must change nothing."""
    return AerSimulator()


def told(result: Any) -> list[Any]:
    """The shots, what was simulated and how."""
    return [
        (
            each.status,
            each.data.to_dict(),
            getattr(each, "header", None),
            *map(each.metadata.get, ("method", "measure_sampling")),
        )
        for each in result.results
    ]


def shots_in(pub_result: Any) -> dict[str, Any]:
    return {name: bits.array.tolist() for name, bits in pub_result.data.items()}


def run_options(noise: NoiseModel | None, shots: int) -> dict[str, Any]:
    options = {"shots": shots, "seed_simulator": SEED, "memory": True, **ALONE}
    return options if noise is None else {**options, "noise_model": noise}


@pytest.mark.parametrize("name", CIRCUITS)
def test_shots_header_and_method_are_aers(backend: AerSimulator, name: str):
    for noise in (None, *(make() for make in NOISES.values())):
        for shots in (1, 2, 60):
            circuit, options = CIRCUITS[name](), run_options(noise, shots)
            theirs = told(AerSimulator().run(circuit, **options).result())
            for _ in range(2):  # what is kept of the first time must be right
                outcome: Any = run_work(CircuitWork(backend, (circuit,), options))
                assert told(outcome.result) == theirs
                is_known = noise is None or name not in WITHOUT_NOISE_ALONE
                if is_known and theirs[0][0] == "DONE":
                    assert outcome.fallback is None


@pytest.mark.parametrize("name", [name for name in CIRCUITS if name.startswith("store")])
@pytest.mark.parametrize("qubits", [(), (0,), (0, 1)])
def test_an_error_of_stores_is_aers_to_place(name: str, qubits: tuple[int, ...]):
    noise, flip = NoiseModel(), pauli_error([("X", 0.4), ("I", 0.6)])
    if qubits:
        error = flip if len(qubits) == 1 else flip.tensor(flip)
        noise.add_quantum_error(error, "store", qubits, warnings=False)
    else:
        noise.add_all_qubit_quantum_error(flip, "store", warnings=False)
    circuit, options = CIRCUITS[name](), run_options(noise, 60)
    theirs = told(AerSimulator().run(circuit, **options).result())
    outcome: Any = run_work(CircuitWork(AerSimulator(), (circuit,), options))
    assert told(outcome.result) == theirs


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_sampler_gives_the_bits_of_qiskits(backend: AerSimulator, name: str):
    # Without noise its shots are drawn in another way than those of `backend.run`.
    for noise in (None, *(NOISES[each]() for each in ("on_pairs", "misreadings", "relaxation"))):
        pubs = tuple(SamplerPub.coerce((CIRCUITS[name](), None, shots)) for shots in (40, 2, 40))
        of_run = ALONE if noise is None else {**ALONE, "noise_model": noise}
        options = {"seed_simulator": SEED, "run_options": of_run}
        try:
            theirs: Any = SamplerWork(AerSimulator(), pubs, options).run()
        except ValueError:  # Aer fails on some stores where there is noise: so it does here
            with pytest.raises(ValueError, match="broadcast"):
                run_work(SamplerWork(backend, pubs, options))
            continue
        ours: Any = run_work(SamplerWork(backend, pubs, options))
        for one, other in zip(ours.result, theirs, strict=True):
            assert shots_in(one) == shots_in(other)
