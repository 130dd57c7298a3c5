"""The coupling map of a device as static SVG.

Seen on white and on black alike: a notebook does not say in which of them it will be opened. So
marks have outlines in the colour of the text around them.
"""

from __future__ import annotations

from html import escape
from typing import Final

from qsession.devices.facts import Coupling, DeviceFacts, Qubit
from qsession.devices.scales import Measure, Scale, scale_of_couplings, scale_of_qubits
from qsession.devices.words import (
    LABELS,
    coupling_words,
    measured,
    qubit_words,
    share,
)

SHADES: Final = ("#d6e6f5", "#aecbe8", "#8fa6d6", "#8b7cc4", "#8c4fab", "#7d2488", "#520b59")
"""From the best to the worst; ``js/src/styles/device.css`` has them too, and others for dark."""

_INK: Final = ("#000", "#000", "#000", "#000", "#fff", "#fff", "#fff")
"""The colour of the text on each shade."""

_STEP: Final = 44
"""From one place of the lattice to the next."""

_RADIUS: Final = 14
_MARGIN: Final = 22
_WIDEST: Final = 820
"""About how wide it is in a page, in CSS pixels."""


def map_svg(facts: DeviceFacts, measure: Measure = "readout_error") -> str:
    """The map: qubits by a measure, couplings by the error of their best gate.

    Empty for a device without qubits, or one on which any two can be coupled.

    Args:
        facts: The device.
        measure: What qubits are coloured by.
    """
    if not facts.qubits or facts.is_all_to_all:
        return ""
    width = max(x for x, _ in facts.positions) * _STEP + 2 * _MARGIN
    height = max(y for _, y in facts.positions) * _STEP + 2 * _MARGIN
    lines, nodes = scale_of_couplings(facts), scale_of_qubits(facts, measure)
    marks = [_line(facts, each, lines, at) for at, each in enumerate(facts.couplings)]
    marks += [_node(facts, each, nodes) for each in facts.qubits]
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{min(width, _WIDEST):g}" role="img" '
        f'aria-label="{escape(_label(facts, measure))}" style="max-width:100%;height:auto" '
        f'font-family="system-ui,sans-serif" font-size="11" text-anchor="middle">'
        f"{''.join(marks)}</svg>"
    )


def legend_html(facts: DeviceFacts, measure: Measure = "readout_error") -> str:
    """The meaning of the shades, with the numbers at both ends."""
    scales = (
        (f"Qubits: {LABELS[measure]}", scale_of_qubits(facts, measure), measure),
        ("Couplings: error of the best gate", scale_of_couplings(facts), None),
    )
    told = []
    for title, scale, kind in scales:
        if scale is None:
            continue
        best, worst = (
            share(each) if kind is None else measured(kind, each)
            for each in (scale.best, scale.worst)
        )
        told.append(f"{title}, best {escape(best)} {_swatches()} worst {escape(worst)}")
    if facts.marked_qubits:
        number = len(facts.marked_qubits)
        told.append(
            "1 qubit is marked: a circuit uses it"
            if number == 1
            else f"{number} qubits are marked: a circuit uses them"
        )
    usable = [each.is_usable for each in facts.qubits]
    usable += [each.is_usable for each in facts.couplings]
    if not all(usable):
        told.append("crossed out and dashed: not in service")
    return f"<p>{'<br>'.join(told)}</p>" if told else ""


def _label(facts: DeviceFacts, measure: Measure) -> str:
    return (
        f"Coupling map of {facts.name}: {facts.num_qubits} qubits by {LABELS[measure]}, "
        f"{len(facts.couplings)} couplings by error. The numbers are in the tables below."
    )


def _swatches() -> str:
    squares = "".join(
        f'<rect x="{at * 14}" width="14" height="12" fill="{shade}"/>'
        for at, shade in enumerate(SHADES)
    )
    width = 14 * len(SHADES)
    return (
        f'<svg width="{width}" height="12" viewBox="0 0 {width} 12" aria-hidden="true">{squares}'
        f'<path d="M.5 .5H{width - 0.5}V11.5H.5Z" fill="none" stroke="currentColor" opacity=".5"/>'
        "</svg>"
    )


def _place(facts: DeviceFacts, qubit: int) -> tuple[str, str]:
    x, y = facts.positions[qubit]
    return f"{x * _STEP + _MARGIN:g}", f"{y * _STEP + _MARGIN:g}"


def _line(facts: DeviceFacts, coupling: Coupling, scale: Scale | None, at: int) -> str:
    (x1, y1), (x2, y2) = (_place(facts, qubit) for qubit in coupling.qubits)
    path = f'd="M{x1} {y1}L{x2} {y2}"'
    step = None if scale is None else scale.steps[at]
    if not coupling.is_usable:
        marks = f'<path {path} stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 4"/>'
    elif step is None:
        marks = f'<path {path} stroke="currentColor" stroke-width="2" opacity=".5"/>'
    else:
        # Wider where it is worse, so that shades are not all that tells.
        width = 4 + step * 0.6
        marks = (
            f'<path {path} stroke="currentColor" stroke-width="{width + 1.6:.3g}" opacity=".5"/>'
            f'<path {path} stroke="{SHADES[step]}" stroke-width="{width:.3g}"/>'
        )
    if coupling.qubits in facts.marked_couplings:
        marks = f'<path {path} stroke="#e8590c" stroke-width="13"/>{marks}'
    return f"<g><title>{escape(coupling_words(coupling))}</title>{marks}</g>"


def _node(facts: DeviceFacts, qubit: Qubit, scale: Scale | None) -> str:
    x, y = _place(facts, qubit.index)
    step = None if scale is None else scale.steps[qubit.index]
    circle = f'<circle cx="{x}" cy="{y}" r="{_RADIUS}"'
    if step is None:
        # On paper of either colour: a grey that both inks are read on.
        dashes = "" if qubit.is_usable else ' stroke-dasharray="3 3"'
        marks, ink = f'{circle} fill="#b8bcc4" stroke="currentColor"{dashes}/>', "#000"
    else:
        marks, ink = f'{circle} fill="{SHADES[step]}" stroke="currentColor"/>', _INK[step]
    if not qubit.is_usable:
        marks += f'<path d="M{x} {y}m-10 10l20-20" stroke="#000" stroke-width="1.5"/>'
    if qubit.index in facts.marked_qubits:
        ring = f'<circle cx="{x}" cy="{y}" r="{_RADIUS + 3.5}" fill="none" stroke="#e8590c"'
        marks = f'{ring} stroke-width="4"/>{marks}'
    text = f'<text x="{x}" y="{y}" dy=".36em" fill="{ink}">{qubit.index}</text>'
    return f"<g><title>{escape(qubit_words(qubit))}</title>{marks}{text}</g>"
