"""Edits of what the next job of a program depends on: `edit`."""

from __future__ import annotations

from tests.fuzz.draft import Draft
from tests.fuzz.noise import add_error, write_noise
from tests.fuzz.options import simulator_options


def edit(draft: Draft) -> None:
    """Change something in place that the next job depends on."""
    choices, lines = draft.choices, draft.lines
    if choices.chance(45):
        return
    draft.tags.add("edited")
    circuit = choices.one_of(draft.circuits)
    name, qubit = circuit.name, choices.below(circuit.qubits)
    edits = {
        f"{name}.data.insert(0, CircuitInstruction(XGate(), [{name}.qubits[{qubit}]]))": 3.0,
        f"del {name}.data[{choices.below(3)}]": 1,
        f"{name}.global_phase += 0.5": 0.5,
        f"{name}.metadata = {{'edited': {choices.below(9)}}}": 1,
        f"{name}.name = 'renamed'": 1,
        f"{name}.data[0], {name}.data[1] = {name}.data[1], {name}.data[0]": 1,
        f"{name} = {name}.copy()": 0.5,
        f"backend.set_options(shots={choices.between(20, 90)})": 1,
    }
    if draft.is_seeded:
        edits[f"backend.set_options(seed_simulator={choices.seed()})"] = 1
    if draft.is_of_aer:
        options = simulator_options(choices, draft.method, draft.tags)
        for option, value in options.items():
            edits[f"backend.set_options({option}={value})"] = 1
    if circuit.clbits:
        edits[f"{name}.measure({qubit}, {choices.below(circuit.clbits)})"] = 1
    edit = choices.weighted(edits)
    if draft.has_noise and choices.chance(50):
        _edit_noise(draft, circuit.qubits)
    else:
        lines.add(edit)


def _edit_noise(draft: Draft, qubits: int) -> None:
    choices, lines = draft.choices, draft.lines
    kind = choices.weighted({"add": 4, "new": 2, "copy": 1, "none": 0.5})
    if kind == "add":
        add_error(lines, choices, qubits, draft.names())
        return
    if kind == "new":
        write_noise(lines, choices, qubits, draft.names())
    elif kind == "copy":
        lines.add("noise = copy.deepcopy(noise)")
    if draft.kind == "aer noise":
        value = "None" if kind == "none" else "noise"
        lines.add(f"backend.set_options(noise_model={value})")
