"""Few programs in which each kind of thing occurs: `covering`."""

from __future__ import annotations

from itertools import count

from tests.fuzz.generating import Program, generate

TAGS = frozenset(
    {
        # what circuits have in them
        "control flow",
        "stores",
        "variables",
        "channels",
        "library gates",
        "custom gates",
        "saves",
        "labels",
        "delays",
        "odd registers",
        "measured within",
        "parameters",
        # what they run on
        "aer",
        "aer noise",
        "manila",
        "other device",
        "aer of device",
        "legacy",
        "generic",
        "noise model",
        "method automatic",
        "method statevector",
        "method density_matrix",
        "method stabilizer",
        "method matrix_product_state",
        "method extended_stabilizer",
        "method unitary",
        "method superop",
        # how they are run
        "backend_run",
        "run_circuits",
        "sampler",
        "session_samples",
        "estimator",
        "session_estimates",
        "client_sampler",
        "client_estimator",
        "executor",
        "threads",
        "collected later",
        "edited",
        "transpiled",
        "without seeds",
    }
)
"""Tags of programs."""

WORDS = frozenset(
    {
        *(".store(", ".if_test(", ".switch(", "case.DEFAULT", ".for_loop(", ".while_loop("),
        *(".break_loop(", ".continue_loop(", ".box(", "expr.logic_", "expr.bit_", "expr.cast("),
        *("add_var(", "add_input(", "Initialize(", "Kraus(", "SuperOp(", ".reset(", ".delay("),
        *("UnitaryGate(", "PauliEvolutionGate(", "UCGate(", "annotated=True", "ctrl_state="),
        *("add_register(", "[Clbit()]", "ClassicalRegister(0", "global_phase=", "metadata="),
        *("add_quantum_error(", "add_all_qubit_quantum_error(", "add_readout_error("),
        *("add_all_qubit_readout_error(", "depolarizing_error(", "pauli_error(", "kraus_error("),
        *("amplitude_damping_error(", "phase_damping_error(", "thermal_relaxation_error("),
        *("reset_error(", "coherent_unitary_error(", "mixed_unitary_error(", ".compose("),
        *(".tensor(", "basis_gates=", "backend.set_options(", "'noise_model': noise"),
        *("memory=True", "shots=1,", "seed_simulator=", "pershot=True", "default_precision"),
    }
)
"""Words of their source."""

OPTIONS = 20
"""So many different options of Aer's at least."""


def kinds_of(program: Program) -> set[str]:
    """The tags of a program, its options among them, and the words in its source."""
    found = {word for word in WORDS if word in program.source}
    found |= {tag for tag in program.tags if tag in TAGS or tag.startswith("option ")}
    return found if program.is_seeded else found | {"without seeds"}


def covering(seed: int, times: int) -> list[Program]:
    """Programs of a series in which each kind occurs, in most cases more than once.

    Args:
        seed: Of the series.
        times: A program is taken if anything in it has not come so often yet.
    """
    wanted = dict.fromkeys(TAGS | WORDS, times)
    options: set[str] = set()
    # Aer ends the process of one in two: that costs another one.
    wanted |= dict.fromkeys(("variables", "add_var(", "add_input("), 1)
    chosen = []
    for number in count():
        program = generate(seed, number)
        kinds = kinds_of(program)
        own = {kind for kind in kinds if kind.startswith("option ")}
        is_wanted = any(wanted.get(kind, 0) > 0 for kind in kinds)
        if is_wanted or (len(options) < OPTIONS and own - options):
            if "variables" in kinds and wanted["variables"] <= 0:
                continue
            chosen.append(program)
            options |= own
            for kind in kinds & wanted.keys():
                wanted[kind] -= 1
        if len(options) >= OPTIONS and max(wanted.values()) <= 0:
            return chosen
    raise AssertionError("unreachable")
