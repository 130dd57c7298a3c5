"""Jobs, results and the ideal beside each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult

from qsession import InvalidInputError, Session, UnknownJobError, sessions
from qsession.comparing import Comparison, CountsComparison, ValuesComparison, compare_jobs
from tests.support.circuits import bell, flipped, ghz, rotation

Make = Callable[..., Session]


def compare(session: Session, *sides: object, **options: Any) -> Comparison:
    return session.compare(*sides, **options)


def bits(counts: dict[str, int]) -> BitArray:
    return BitArray.from_counts(counts, num_bits=len(next(iter(counts))))


def counted(*pubs: dict[str, dict[str, int]]) -> PrimitiveResult[Any]:
    return PrimitiveResult(
        [PubResult(DataBin(**{name: bits(c) for name, c in pub.items()})) for pub in pubs]
    )


def estimated(values: Any, errors: Any) -> PrimitiveResult[Any]:
    data = DataBin(evs=np.asarray(values), stds=np.asarray(errors), shape=np.shape(values))
    return PrimitiveResult([PubResult(data)])


def refuse(job_id: str) -> Any:
    raise UnknownJobError(job_id)


def test_two_jobs_are_found_by_their_ids(make_session: Make):
    session = make_session("fake_manila")
    jobs = [session.run(bell(), shots=100, name=name) for name in ("one", "other")]
    found = compare(session, *(job.job_id() for job in jobs))
    assert found.labels == ("one", "other")
    (part,) = found.parts
    assert isinstance(part, CountsComparison)
    assert (part.pub, part.name, [sample.shots for sample in part.samples]) == (
        0,
        "meas",
        [100] * 2,
    )
    assert found.total_variation == part.distances[0].total_variation
    assert found.hellinger_fidelity == part.distances[0].hellinger_fidelity
    assert found.largest_difference is None


def test_the_outcomes_are_those_that_are_frequent_in_either():
    found = compare_jobs(refuse, counted({"c": {"00": 6, "01": 4}}), counted({"c": {"11": 10}}))
    (part,) = found.parts
    assert isinstance(part, CountsComparison)
    assert part.shares(2) == [("11", (0.0, 1.0)), ("00", (0.6, 0.0))]
    assert part.distinct == 3


def test_values_are_compared_in_units_of_their_errors():
    found = compare_jobs(
        refuse, estimated([0.5, 0.1], [0.3, 0.1]), estimated([0.0, 0.1], [0.4, 0.0])
    )
    (part,) = found.parts
    assert isinstance(part, ValuesComparison)
    assert part.differences[0] == pytest.approx(np.array([0.5, 0.0]))
    assert part.in_errors[0] == pytest.approx(np.array([1.0, 0.0]))
    assert found.largest_difference == pytest.approx(1.0)
    assert found.total_variation is None
    assert "largest difference 1.0 standard errors" in repr(found)


def test_each_point_of_a_sweep_is_a_distribution_of_its_own():
    """Together, two points that changed places would be equal."""
    one = BitArray(np.array([[[0]] * 4, [[1]] * 4], dtype=np.uint8), 1)
    other = BitArray(np.array([[[1]] * 4, [[0]] * 4], dtype=np.uint8), 1)
    results = [PrimitiveResult([PubResult(DataBin(c=bits, shape=(2,)))]) for bits in (one, other)]
    found = compare_jobs(refuse, *results)
    assert [part.point for part in found.parts if isinstance(part, CountsComparison)] == ["0", "1"]
    assert found.total_variation == 1


def test_the_last_of_several_is_the_reference():
    first, second, third = ({"c": {"0": n, "1": 10 - n}} for n in (1, 4, 5))
    found = compare_jobs(refuse, counted(first), counted(second), counted(third))
    (part,) = found.parts
    assert isinstance(part, CountsComparison)
    assert [each.total_variation for each in part.distances] == pytest.approx([0.4, 0.1])
    assert found.labels == ("result 1", "result 2", "result 3")


def test_counts_of_backend_run_are_compared_with_a_samplers(make_session: Make):
    session = make_session("aer_simulator")
    older, newer = session.run_circuits(flipped(), shots=10), session.run(flipped(), shots=10)
    assert compare(session, older, newer).total_variation == 0


def test_a_job_of_another_session_may_be_compared(make_session: Make):
    session, other = make_session("aer_simulator"), make_session("aer_simulator")
    jobs = [each.run(flipped(), shots=10, name="mine") for each in (session, other)]
    assert compare(session, *jobs).labels == ("mine (1)", "mine (2)")


def test_registers_of_long_words_are_told_apart():
    zeros, ones = "0" * 100, "1" + "0" * 99
    found = compare_jobs(refuse, counted({"c": {zeros: 3}}), counted({"c": {ones: 3}}))
    assert found.total_variation == 1


# --- the ideal ------------------------------------------------------------------------------------


def test_how_far_from_ideal_is_one_call(make_each: Make):
    session = make_each()
    job = session.run(flipped(), shots=500)
    found = compare(session, job, "ideal", shots=1000)
    assert found.labels == ("flipped", "ideal")
    (part,) = found.parts
    assert isinstance(part, CountsComparison)
    assert part.samples[1].counts == {"1": 1000}


def test_the_ideal_of_values_is_as_exact_as_can_be_told(make_each: Make):
    session = make_each()
    job = session.run((rotation(), ["Z", "X"], [0.0]), precision=0.05)
    found = compare(session, job, "ideal")
    (part,) = found.parts
    assert isinstance(part, ValuesComparison)
    assert part.estimates[1].values == pytest.approx([1.0, 0.0], abs=0.02)
    # IBM's client estimates them from a few randomizations: 0.001 or so, and 0.002 by chance.
    assert (part.estimates[1].errors <= 0.005).all()


def test_the_ideal_of_backend_run(make_session: Make):
    session = make_session("fake_manila")
    job = session.run_circuits([flipped(), bell()], shots=50)
    found = compare(session, job, "ideal", shots=2000)
    assert len(found.parts) == 2


def test_the_ideal_of_a_sweep(make_session: Make):
    session = make_session("fake_manila")
    job = session.run((rotation(measured=True), [[0.0], [np.pi]]), shots=50)
    first, second = compare(session, job, "ideal", shots=100).parts
    assert isinstance(first, CountsComparison)
    assert isinstance(second, CountsComparison)
    assert (first.samples[1].counts, second.samples[1].counts) == ({"0": 100}, {"1": 100})


def test_the_ideal_of_a_wide_device_takes_the_qubits_in_use(make_session: Make):
    session = make_session("fake_brisbane")
    found = compare(session, session.run(ghz(3), shots=50), "ideal", shots=1000)
    (part,) = found.parts
    assert isinstance(part, CountsComparison)
    assert set(part.samples[1].counts) == {"000", "111"}


def test_the_ideal_is_no_job_of_anybody(make_session: Make):
    session = make_session("fake_manila")
    job = session.run(flipped(), shots=5)
    before = sessions(ended=True)
    compare(session, job, "ideal", shots=10)
    assert len(session.jobs) == 1
    assert [info.session_id for info in sessions(ended=True)] == [
        info.session_id for info in before
    ]


def test_a_circuit_with_feedback_has_an_ideal_too(make_session: Make):
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    session = make_session("aer_simulator")
    found = compare(session, session.run(circuit, shots=20), "ideal", shots=50)
    assert found.total_variation == 0


# --- what cannot be compared ----------------------------------------------------------------------


def test_what_is_not_in_all_of_them_is_told():
    found = compare_jobs(
        refuse, counted({"a": {"0": 1}, "b": {"0": 1}}), counted({"a": {"0": 1}, "c": {"0": 1}})
    )
    assert len(found.parts) == 1
    assert found.unmatched == (
        "PUB 0, register c: not in all of them",
        "PUB 0, register b: not in all of them",
    )
    assert "Not compared: PUB 0, register c" in repr(found)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (counted({"a": {"0": 1}}), estimated(0.1, 0.1), "counts in one, values in another"),
        (counted({"a": {"0": 1}}), counted({"a": {"00": 1}}), "registers of 1 and 2 bits"),
        (estimated([0.1], [0.1]), estimated([0.1, 0.2], [0.1, 0.1]), "values of shapes"),
    ],
    ids=["kinds", "widths", "shapes"],
)
def test_results_with_nothing_in_common_are_refused(one: Any, other: Any, why: str):
    with pytest.raises(InvalidInputError, match=f"nothing to compare.*{why}"):
        compare_jobs(refuse, one, other)


def test_one_alone_is_refused():
    with pytest.raises(InvalidInputError, match="two results to compare"):
        compare_jobs(refuse, counted({"a": {"0": 1}}))


@pytest.mark.parametrize("bad", [5, None, object()], ids=["number", "none", "object"])
def test_something_else_is_refused(bad: Any):
    with pytest.raises(InvalidInputError, match="cannot be compared"):
        compare_jobs(refuse, counted({"a": {"0": 1}}), bad)


def test_an_unknown_id_is_refused(make_session: Make):
    session = make_session("fake_manila")
    with pytest.raises(UnknownJobError):
        compare(session, "nowhere", "ideal")


def test_the_ideal_of_a_result_alone_is_not_known():
    with pytest.raises(InvalidInputError, match="give the job"):
        compare_jobs(refuse, counted({"a": {"0": 1}}), "ideal")


def test_the_ideal_is_asked_for_once(make_session: Make):
    session = make_session("fake_manila")
    with pytest.raises(InvalidInputError, match="asked for twice"):
        compare(session, session.run(flipped(), shots=5), "ideal", "ideal")


def test_a_job_that_failed_says_so_itself(gated: Any, make_session: Make):
    session = make_session(gated)
    gated.failure = ValueError("the fridge is warm")
    gated.open_gate()
    with pytest.raises(ValueError, match="the fridge is warm"):
        compare(session, session.run(flipped()), "ideal")


# --- how it is shown ------------------------------------------------------------------------------


def test_it_is_shown_side_by_side_in_text():
    found = compare_jobs(refuse, counted({"c": {"0": 5, "1": 5}}), counted({"c": {"0": 10}}))
    assert repr(found).splitlines()[2:] == [
        (
            "total variation 0.500 (0.155 is to be expected from the shots alone), Hellinger "
            "fidelity 0.5000"
        ),
        "PUB 0, register c, 10, 10 shots",
        "Outcome  result 1  result 2",
        "0        50.0%     100.0%    ██████        ████████████",
        "1        50.0%     0.0%      ██████",
    ]


def test_it_is_shown_side_by_side_in_html():
    job = counted({"<b>": {"0": 5, "1": 5}})
    html = compare_jobs(refuse, job, counted({"<b>": {"0": 10}}))._repr_html_()
    assert html.count("<rect") == 3
    assert "register &lt;b&gt;" in html
    assert "<b>" not in html


def test_values_are_shown_on_one_scale():
    found = compare_jobs(
        refuse, estimated([0.5, 0.0], [0.1, 0.0]), estimated([0.0, 0.0], [0.0] * 2)
    )
    lines = repr(found).splitlines()
    assert lines[-3].split() == [
        "Index", "result", "1", "result", "2", "Difference", "In", "errors", "0", "to", "0.6",
    ]  # fmt: skip
    assert lines[-2].split() == ["0", "0.5", "±", "0.1", "0", "±", "0", "+0.5", "+5.0", "○", "●"]
    assert lines[-1].endswith("◉")
    assert found._repr_html_().count("<circle") == 4


def test_a_great_many_parts_are_counted():
    pubs = [{"c": {"0": 1}}] * 30
    assert "… and 10 more parts" in repr(compare_jobs(refuse, counted(*pubs), counted(*pubs)))
