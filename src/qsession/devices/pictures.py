"""A device as static HTML and as text."""

from __future__ import annotations

from html import escape

from qsession.devices.drawing import legend_html, map_svg
from qsession.devices.facts import Coupling, DeviceFacts, Qubit
from qsession.devices.scales import Measure
from qsession.devices.words import (
    OUT_OF_SERVICE,
    facts_of,
    gate_words,
    hertz,
    seconds,
    share,
)

MOST_ROWS = 1000
"""The largest number of qubits, and of couplings, that a picture lists."""

QUBIT_HEADS = (
    "Qubit",
    "Readout error",
    "T1",
    "T2",
    "Gate error",
    "Frequency",
    "Readout takes",
    "P(0 of 1)",
    "P(1 of 0)",
)


def device_line(facts: DeviceFacts) -> str:
    """One line, such as ``<Device fake_manila: 5 qubits, cx 0.62%, readout 2.6%, …>``."""
    told = [
        f"{facts.num_qubits} qubit{'' if facts.num_qubits == 1 else 's'}",
        f"{'/'.join(facts.two_qubit_gates)} {share(facts.median_two_qubit_error)}"
        if facts.median_two_qubit_error is not None
        else "",
        f"readout {share(facts.median_readout_error)}"
        if facts.median_readout_error is not None
        else "",
        f"T1 {seconds(facts.median_t1_s)}" if facts.median_t1_s is not None else "",
        f"T2 {seconds(facts.median_t2_s)}" if facts.median_t2_s is not None else "",
        "all to all" if facts.is_all_to_all else "",
        "" if facts.has_properties else "no device properties",
    ]
    return f"<Device {facts.name}: {', '.join(filter(None, told))}>"


def device_text(facts: DeviceFacts) -> str:
    """Some lines for a terminal."""
    told = facts_of(facts)
    width = max(map(len, told), default=0) + 2
    lines = [f"Device {facts.name}", *(f"  {name:{width}}{told[name]}" for name in told)]
    return "\n".join(lines)


def device_html(facts: DeviceFacts, measure: Measure = "readout_error") -> str:
    """The picture: facts, the map with its legend, and all numbers in tables. Texts are escaped.

    Where a viewer strips SVG, as those of notebooks that are not trusted do, the tables remain.

    Args:
        facts: The device.
        measure: What qubits are coloured by.
    """
    rows = "".join(
        f'<tr><th align="left">{escape(name)}</th><td align="left">{escape(value)}</td></tr>'
        for name, value in facts_of(facts).items()
    )
    return "".join(
        (
            f"<div><strong>Device {escape(facts.name)}</strong>",
            f"<table>{rows}</table>",
            map_svg(facts, measure),
            legend_html(facts, measure),
            _qubits_table(facts) if facts.has_properties else "",
            _couplings_table(facts),
            "</div>",
        )
    )


def _qubits_table(facts: DeviceFacts) -> str:
    return _table("Qubits", QUBIT_HEADS, [_qubit_cells(facts, each) for each in facts.qubits])


def _qubit_cells(facts: DeviceFacts, qubit: Qubit) -> tuple[str, ...]:
    mark = " (in use)" if qubit.index in facts.marked_qubits else ""
    return (
        f"{qubit.index}{mark}" + ("" if qubit.is_usable else f" ({OUT_OF_SERVICE})"),
        share(qubit.readout_error),
        seconds(qubit.t1_s),
        seconds(qubit.t2_s),
        share(qubit.gate_error),
        hertz(qubit.frequency_hz),
        seconds(qubit.readout_length_s),
        share(qubit.prob_meas0_prep1),
        share(qubit.prob_meas1_prep0),
    )


def _couplings_table(facts: DeviceFacts) -> str:
    rows = [_coupling_cells(facts, each) for each in facts.couplings]
    return _table("Couplings", ("Qubits", "Error", "Gates"), rows) if rows else ""


def _coupling_cells(facts: DeviceFacts, coupling: Coupling) -> tuple[str, ...]:
    first, second = coupling.qubits
    mark = " (in use)" if coupling.qubits in facts.marked_couplings else ""
    gates = "; ".join(gate_words(coupling)) if coupling.is_usable else OUT_OF_SERVICE
    return (f"{first}–{second}{mark}", share(coupling.error), gates)


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table that is opened when it is wanted; viewers without that show it open."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows[:MOST_ROWS]
    )
    hidden = len(rows) - MOST_ROWS
    more = f"<p>… and {hidden} more</p>" if hidden > 0 else ""
    return (
        f"<details><summary>{title} ({len(rows)})</summary><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{more}</details>"
    )
