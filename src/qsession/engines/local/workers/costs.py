"""The costs of the steps of a local simulation: `Costs`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Costs:
    """Seconds that a step takes on a usual machine, fitted to what `make benchmark-estimates` runs.

    Attributes:
        circuit_s: To compile a circuit.
        operation_s: To compile an operation.
        error_s: To build the errors of a gate on its qubits, once for each backend.
        whole_noise_s: To hand Aer all errors with a circuit that is run as a whole.
        run_s: To run a compiled circuit once more.
        shot_s: To read a shot that Aer wrote down.
        drawn_shot_s: To draw a shot from a distribution.
        outcome_s: To count an outcome by what it means.
        simulated_shot_s: To simulate a shot by itself, before its first operation.
        shot_operation_s: An operation in such a shot.
        noisy_shot_operation_s: The same where an error may follow it.
        amplitude_s: To change an amplitude.
        density_s: To change an element of a density matrix.
        branched_s: To branch shots for what is counted as a second.
        tableau_s: To measure one of n qubits of a stabilizer state takes n times this.
    """

    circuit_s: float = 0.25e-3
    operation_s: float = 14e-6
    error_s: float = 0.7e-3
    whole_noise_s: float = 3e-3
    run_s: float = 0.12e-3
    shot_s: float = 0.5e-6
    drawn_shot_s: float = 0.035e-6
    outcome_s: float = 0.5e-6
    simulated_shot_s: float = 21e-6
    shot_operation_s: float = 0.2e-6
    noisy_shot_operation_s: float = 1e-6
    amplitude_s: float = 1.2e-9
    density_s: float = 4e-9
    branched_s: float = 0.5
    tableau_s: float = 11e-9

    def scaled(self, python: float, shots: float, amplitudes: float) -> Costs:
        """Of a machine that takes this many times as long for each kind of step."""
        factors = dict.fromkeys((field.name for field in fields(self)), python)
        factors |= dict.fromkeys(
            ("simulated_shot_s", "shot_operation_s", "noisy_shot_operation_s", "tableau_s"), shots
        )
        factors |= dict.fromkeys(("amplitude_s", "density_s"), amplitudes)
        return Costs(**{name: getattr(self, name) * factor for name, factor in factors.items()})


USUAL = Costs()
"""Those of a machine that nobody has measured."""
