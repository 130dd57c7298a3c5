"""Facts of a device in words and numbers with units."""

from __future__ import annotations

from qsession.devices.facts import Coupling, DeviceFacts, Qubit, TwoQubitGate
from qsession.devices.scales import Measure

LABELS: dict[Measure, str] = {
    "readout_error": "readout error",
    "t1_s": "T1",
    "t2_s": "T2",
    "gate_error": "gate error",
}

MOST_GATES = 16
"""The largest number of names of gates that are listed."""

UNKNOWN = "–"
OUT_OF_SERVICE = "not in service"

_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"))


def share(value: float | None) -> str:
    """An error in percent: ``1.02%``."""
    return UNKNOWN if value is None else f"{_significant(value * 100)}%"


def seconds(value: float | None) -> str:
    """A time with the unit that suits it: ``237 µs``."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0 s"
    factor, prefix = next((each for each in _PREFIXES if abs(value) >= each[0]), _PREFIXES[-1])
    return f"{_significant(value / factor)} {prefix}s"


def hertz(value: float | None) -> str:
    """A frequency: ``4.72 GHz``."""
    return UNKNOWN if value is None else f"{value / 1e9:.4g} GHz"


def measured(measure: Measure, value: float | None) -> str:
    """A value of a measure of qubits."""
    return seconds(value) if measure in {"t1_s", "t2_s"} else share(value)


def qubit_words(qubit: Qubit) -> str:
    """A qubit in a line."""
    if not qubit.is_usable:
        return f"Qubit {qubit.index}: {OUT_OF_SERVICE}"
    values = (f"{LABELS[key]} {measured(key, value)}" for key, value in _values(qubit))
    return f"Qubit {qubit.index}: {', '.join(values) or 'no properties'}"


def coupling_words(coupling: Coupling) -> str:
    """A coupling in a line, with each of its gates."""
    first, second = coupling.qubits
    name = f"Qubits {first} and {second}"
    if not coupling.is_usable:
        return f"{name}: {OUT_OF_SERVICE}"
    return f"{name}: {'; '.join(gate_words(coupling)) or 'no gate'}"


def gate_words(coupling: Coupling) -> list[str]:
    """The gates of a coupling, each in words; one that is the same both ways is told once."""
    told: dict[tuple[str, float | None, float | None], list[TwoQubitGate]] = {}
    for gate in coupling.gates:
        told.setdefault((gate.name, gate.error, gate.duration_s), []).append(gate)
    return [_gate(gates, error, length) for (_, error, length), gates in told.items()]


def _gate(gates: list[TwoQubitGate], error: float | None, duration_s: float | None) -> str:
    first, second = gates[0].qubits
    name = gates[0].name if len(gates) > 1 else f"{gates[0].name} {first}→{second}"
    values = [share(error)] if error is not None else []
    values += [seconds(duration_s)] if duration_s is not None else []
    return f"{name} {', '.join(values) or UNKNOWN}"


def facts_of(facts: DeviceFacts) -> dict[str, str]:
    """The facts of a device, by their names; what is not known is left out."""
    low, high = facts.rep_delay_range_s or (None, None)
    usual = facts.default_rep_delay_s
    delay = "" if high is None else f"{seconds(low)} to {seconds(high)}"
    if usual is not None:
        delay += f"{', ' if delay else ''}{seconds(usual)} by default"
    calibrated = facts.calibrated
    told = {
        "Status": status_words(facts),
        "Qubits": str(facts.num_qubits),
        "Couplings": couplings_words(facts),
        "Processor": facts.processor or "",
        "Version": facts.version or "",
        "Basis gates": gate_names(facts),
        "Calibrated": f"{calibrated.astimezone():%Y-%m-%d %H:%M}" if calibrated else "",
        "Delay between shots": delay,
        "dt": "" if facts.dt_s is None else seconds(facts.dt_s),
        "Most shots": "" if facts.max_shots is None else f"{facts.max_shots:,}",
        **{name: value for name, value in medians_of(facts).items() if value != UNKNOWN},
        "Properties": "" if facts.has_properties else no_properties_words(facts),
        "Problem": facts.problem or "",
    }
    return {name: value for name, value in told.items() if value}


def gate_names(facts: DeviceFacts) -> str:
    """The names of its gates, of a simulator's many the first."""
    shown, hidden = facts.basis_gates[:MOST_GATES], len(facts.basis_gates) - MOST_GATES
    return ", ".join(shown) + (f" and {hidden} more" if hidden > 0 else "")


def medians_of(facts: DeviceFacts) -> dict[str, str]:
    """The medians of a device, by their names."""
    return {
        "Median two-qubit error": share(facts.median_two_qubit_error),
        "Median readout error": share(facts.median_readout_error),
        "Median gate error": share(facts.median_gate_error),
        "Median T1": seconds(facts.median_t1_s),
        "Median T2": seconds(facts.median_t2_s),
    }


def no_properties_words(facts: DeviceFacts) -> str:
    """The reason why nothing is coloured."""
    if facts.is_all_to_all:
        return "All to all, no device properties: gates may act on any qubits."
    if not facts.qubits:
        return "Nothing is known of this device."
    return "No device properties: it does not say how well its qubits and gates do."


def couplings_words(facts: DeviceFacts) -> str:
    """The number of couplings, and the names of their gates."""
    if facts.is_all_to_all:
        return "all to all"
    if not facts.couplings:
        return "none" if facts.num_qubits > 1 else ""
    return f"{len(facts.couplings)} ({', '.join(facts.two_qubit_gates)})"


def status_words(facts: DeviceFacts) -> str:
    """The state of a device when it was asked; empty if nobody was."""
    status = facts.status
    if status is None:
        return ""
    is_plain = status.message.lower() in {"", "active", "online"}
    said = "" if is_plain else f" ({status.message})"
    takes = "takes jobs" if status.is_operational else "takes no jobs"
    jobs = "1 job waits" if status.pending_jobs == 1 else f"{status.pending_jobs:,} jobs wait"
    return f"{takes}{said}, {jobs}, as of {status.asked.astimezone():%H:%M}"


def _values(qubit: Qubit) -> list[tuple[Measure, float]]:
    named: tuple[tuple[Measure, float | None], ...] = (
        ("readout_error", qubit.readout_error),
        ("t1_s", qubit.t1_s),
        ("t2_s", qubit.t2_s),
        ("gate_error", qubit.gate_error),
    )
    return [(key, value) for key, value in named if value is not None]


def _significant(value: float) -> str:
    """Three digits that count, without exponent: ``0.0243``, ``1.02``, ``237``."""
    text = f"{value:.3g}"
    if "e" not in text:
        return text
    return f"{value:,.0f}" if abs(value) >= 1 else text
