"""A device in text and static HTML: the same numbers, wherever they are read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap
from qiskit_aer import AerSimulator

from qsession import Device, InvalidInputError, device
from qsession.devices.drawing import SHADES, map_svg
from qsession.devices.facts import DeviceStatus
from qsession.devices.scales import MEASURES

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ET.Element:
    """The map, as XML."""
    found = re.search(r"<svg viewBox.*?</svg>", picture)
    assert found
    return ET.fromstring(found[0].replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))  # noqa: S314 - ours


def titles(picture: str) -> list[str]:
    """What is told of each qubit and coupling when it is pointed at."""
    return [each.text or "" for each in parsed(picture).iter(f"{SVG}title")]


def test_a_line_tells_the_medians(manila: Device) -> None:
    assert repr(manila) == (
        "<Device fake_manila: 5 qubits, cx 1.01%, readout 2.19%, T1 145 µs, T2 54.4 µs>"
    )


def test_a_text_tells_the_facts(manila: Device) -> None:
    told = str(manila)
    assert told.startswith("Device fake_manila\n")
    for words in ("Falcon r5.11", "0 s to 500 µs, 250 µs by default", "222 ps", "4 (cx)"):
        assert words in told


def test_every_qubit_and_coupling_tells_its_numbers(manila: Device) -> None:
    told = titles(manila.to_html())
    assert len(told) == 4 + 5
    assert "Qubits 0 and 1: cx 0→1 0.883%, 277 ns; cx 1→0 0.883%, 313 ns" in told
    assert "Qubit 0: readout error 3.53%, T1 132 µs, T2 102 µs, gate error 0.0155%" in told


def test_a_gate_that_is_the_same_both_ways_is_told_once(fez: Device) -> None:
    assert "Qubits 0 and 1: cz 1.02%, 84 ns" in titles(fez.to_html())


def test_a_map_of_156_qubits_has_them_all_and_stays_small(fez: Device) -> None:
    picture = fez.to_html()
    assert len(titles(picture)) == 156 + 176
    assert len(picture) < 120_000


@pytest.mark.parametrize("measure", MEASURES)
def test_qubits_are_coloured_by_what_is_asked_for(fez: Device, measure: str) -> None:
    picture = fez.to_html(by=measure)  # type: ignore[arg-type]
    fills = {each.get("fill") for each in parsed(picture).iter(f"{SVG}circle")}
    assert {SHADES[0], SHADES[-1]} < fills <= set(SHADES)


def test_what_cannot_be_coloured_by_is_refused(fez: Device) -> None:
    with pytest.raises(InvalidInputError, match=r"by='colour'.*'t1_s'"):
        fez.to_html(by="colour")  # type: ignore[arg-type]


def test_the_legend_has_numbers_at_both_ends(fez: Device) -> None:
    picture = fez.to_html()
    assert re.search(r"readout error, best 0\.146%.*worst 10\.6%", picture)
    assert re.search(r"best gate, best 0\.214%.*worst 5%", picture)


def test_what_is_not_in_service_is_said_not_only_drawn(fez: Device) -> None:
    out = [each.qubits for each in fez.couplings if not each.is_usable]
    told = [title for title in titles(fez.to_html()) if title.endswith("not in service")]
    assert told == [f"Qubits {first} and {second}: not in service" for first, second in out]
    assert "crossed out and dashed: not in service" in fez.to_html()
    first, second = out[0]
    assert f"<td>{first}–{second}</td><td>100%</td><td>not in service</td>" in fez.to_html()


def test_marked_qubits_are_said_in_the_table_too(manila: Device) -> None:
    picture = replace(
        manila, marked_qubits=frozenset({2}), marked_couplings=frozenset({(1, 2)})
    ).to_html()
    assert "<td>2 (in use)</td>" in picture
    assert "<td>1–2 (in use)</td>" in picture
    assert "1 qubit is marked" in picture


def test_the_tables_have_all_numbers_for_those_who_see_no_picture(fez: Device) -> None:
    without = re.sub(r"<svg.*?</svg>", "", fez.to_html())
    assert without.count("<tr>") >= 156 + 176
    assert "<td>0</td><td>1.15%</td><td>48.8 µs</td><td>42.4 µs</td>" in without
    assert 'role="img" aria-label="Coupling map of fake_fez' in fez.to_html()


def test_a_device_without_properties_is_drawn_in_grey_and_says_so() -> None:
    found = device(GenericBackendV2(5, coupling_map=CouplingMap.from_line(5), noise_info=False))
    assert "No device properties" in found.to_html()
    assert {each.get("fill") for each in parsed(found.to_html()).iter(f"{SVG}circle")} == {
        "#b8bcc4"
    }
    assert repr(found) == "<Device generic_backend_5q: 5 qubits, no device properties>"


def test_all_to_all_is_said_in_words() -> None:
    found = device(AerSimulator())
    assert "All to all, no device properties" in found.to_html()
    assert map_svg(found) == ""
    assert "and " in next(line for line in str(found).splitlines() if "Basis gates" in line)


def test_one_qubit_is_drawn() -> None:
    found = device(GenericBackendV2(1, basis_gates=["x", "sx", "rz"], seed=1))
    assert len(titles(found.to_html())) == 1
    assert "1 qubit," in repr(found)


def test_a_status_is_told_with_its_time(manila: Device) -> None:
    asked = datetime(2026, 11, 28, 12, tzinfo=UTC)
    status = DeviceStatus(is_operational=False, message="maintenance", pending_jobs=1, asked=asked)
    assert "takes no jobs (maintenance), 1 job waits, as of " in str(replace(manila, status=status))
    fine = replace(status, is_operational=True, message="active", pending_jobs=1234)
    assert "takes jobs, 1,234 jobs wait" in str(replace(manila, status=fine))


def test_texts_of_a_backend_are_no_markup(manila: Device) -> None:
    evil = replace(manila, name="<b>x</b>", processor="<i>", problem="</div><script>")
    assert not re.search(r"<b>|<i>|<script>", evil.to_html(page=True))


def test_a_page_is_a_file_of_its_own(manila: Device) -> None:
    assert manila.to_html(page=True).startswith("<!doctype html>")
