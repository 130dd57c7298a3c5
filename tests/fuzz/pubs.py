"""PUBs as source, with their parameters and observables: `Pubs`."""

from __future__ import annotations

from tests.fuzz.draft import Draft
from tests.fuzz.profile import Circuit


class Pubs:
    """Makes PUBs of the circuits of a program.

    Args:
        draft: The program.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def bound(self, circuit: Circuit) -> str:
        """A circuit with values for its parameters, if it has some."""
        if not circuit.parameters or self._draft.choices.chance(2):
            return circuit.name
        return f"{circuit.name}.assign_parameters({self.sweep(circuit, ())})"

    def sweep(self, circuit: Circuit, shape: tuple[int, ...]) -> str:
        """Values for the parameters of a circuit."""
        choices = self._draft.choices
        start = choices.one_of(("0.0", "0.3", "pi / 4", str(round(choices.below(700) / 100, 2))))
        step = choices.one_of(("pi / 2", "0.1", "0.37", "pi"))
        return f"sweep({circuit.name}, {shape}, {start}, {step})"

    def _pub(self, circuit: Circuit) -> str:
        choices = self._draft.choices
        shape = choices.one_of(((), (), (), (3,), (2, 2), (1,), (2, 1)))
        values = self.sweep(circuit, shape) if circuit.parameters else "None"
        if self._draft.is_seeded and choices.chance(40):
            return f"({circuit.name}, {values}, {self._draft.shots()})"
        return f"({circuit.name}, {values})" if circuit.parameters else circuit.name

    def for_sampler(self) -> str:
        """PUBs of a sampler."""
        choices = self._draft.choices
        count = choices.weighted({1: 6, 2: 3, 3: 1})
        if count == 1:
            return f"[{self._pub(self._draft.circuits[0])}]"
        return (
            f"[{', '.join(self._pub(choices.one_of(self._draft.circuits)) for _ in range(count))}]"
        )

    def _observables(self, circuit: Circuit) -> str:
        choices = self._draft.choices
        if choices.chance(8):
            return choices.one_of(
                (f"'Z' * {circuit.name}.num_qubits", f"'0' + 'I' * ({circuit.name}.num_qubits - 1)")
            )
        one = [self._observable(circuit) for _ in range(3)]
        return choices.weighted(
            {one[0]: 6, f"[{one[0]}, {one[1]}]": 2, f"[[{one[0]}], [{one[1]}], [{one[2]}]]": 1}
        )

    def _observable(self, circuit: Circuit) -> str:
        choices, terms = self._draft.choices, []
        for _ in range(choices.between(1, 3)):
            width = choices.between(1, min(3, circuit.qubits))
            label = "".join(choices.one_of("XYZZI") for _ in range(width))
            on = choices.some(range(circuit.qubits), width)
            terms.append(f"({label!r}, {on}, {choices.one_of((1.0, -0.5, 0.25, 2.0))})")
        width_text = f"num_qubits={circuit.name}.num_qubits"
        return f"SparsePauliOp.from_sparse_list([{', '.join(terms)}], {width_text})"

    def for_estimator(self) -> str:
        """PUBs of an estimator."""
        choices, pubs = self._draft.choices, []
        for _ in range(choices.weighted({1: 6, 2: 2})):
            circuit = choices.one_of(self._draft.circuits)
            parts = [circuit.name, self._observables(circuit)]
            if circuit.parameters:
                shape = choices.one_of(((), (), (2,), (1, 2), (3, 1)))
                parts.append(self.sweep(circuit, shape))
            pubs.append(f"({', '.join(parts)})")
        return f"[{', '.join(pubs)}]"
