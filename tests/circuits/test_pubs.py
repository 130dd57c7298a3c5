"""What may be handed to ``run``, and what is said of the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter, ParameterVector
from qiskit.primitives.containers import ObservablesArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import Operator, Pauli, PauliList, SparseObservable, SparsePauliOp

from qsession.circuits.checks import read_shots
from qsession.circuits.pubs import PubRequest, read_request
from qsession.errors import InvalidInputError
from tests.support.circuits import bell, rotation


def plain(qubits: int = 2) -> QuantumCircuit:
    """A circuit without measurements, for observables."""
    circuit = QuantumCircuit(qubits, name="plain")
    circuit.h(0)
    return circuit


def turned(name: str = "theta") -> QuantumCircuit:
    """One qubit turned by a parameter of this name, measured."""
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter(name), 0)
    circuit.measure_all()
    return circuit


def turned_twice() -> QuantumCircuit:
    """One qubit turned by two parameters, measured."""
    circuit = turned("a")
    circuit.rz(Parameter("b"), 0)
    return circuit


BELL, PLAIN, TURNED = bell(), plain(), rotation(measured=True)
SEVEN_OF_TURNED = np.linspace(0, 1, 7).reshape(7, 1)


# --- sampler work ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "circuits"),
    [
        pytest.param(BELL, [BELL], id="a circuit"),
        pytest.param([BELL], [BELL], id="a list of one"),
        pytest.param([BELL, TURNED.assign_parameters([1])], None, id="a list of two"),
        pytest.param([BELL, BELL], [BELL, BELL], id="a circuit twice"),
        pytest.param((BELL, BELL), [BELL, BELL], id="a tuple of circuits"),
        pytest.param((BELL, BELL, BELL), [BELL] * 3, id="a tuple of three"),
        pytest.param((BELL,), [BELL], id="a PUB without anything else"),
        pytest.param([(BELL,), BELL], [BELL, BELL], id="a PUB and a circuit"),
        pytest.param(((BELL,), (BELL,)), [BELL, BELL], id="a tuple of PUBs"),
        pytest.param(SamplerPub(BELL), [BELL], id="a SamplerPub"),
        pytest.param([SamplerPub(BELL), BELL], [BELL, BELL], id="a SamplerPub and a circuit"),
        pytest.param(iter([BELL, BELL]), [BELL, BELL], id="an iterator"),
        pytest.param({"a": BELL}.values(), [BELL], id="a view"),
    ],
)
def test_circuits_and_pubs_without_observables_are_the_samplers(work, circuits):
    request = read_request(work)
    assert request.program == "sampler"
    assert request.sampler_pubs == request.pubs
    assert request.estimator_pubs == ()
    if circuits is not None:
        assert [pub.circuit for pub in request.pubs] == circuits


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (0.5, ()),
        ([0.5], ()),
        (np.array([0.5]), ()),
        ({"theta": 0.5}, ()),
        ({TURNED.parameters[0]: 0.5}, ()),
        ({"theta": [0.1, 0.2]}, (2,)),
        (SEVEN_OF_TURNED, (7,)),
        (SEVEN_OF_TURNED.tolist(), (7,)),
    ],
)
def test_parameter_values_may_follow_the_circuit(values, shape):
    request = read_request((TURNED, values))
    assert request.program == "sampler"
    assert request.pubs[0].shape == shape


@pytest.mark.parametrize("name", ["Z", "X", "I", "01", "rl", "+", "XYZ"])
def test_a_parameter_named_like_an_observable_is_bound(name):
    request = read_request((turned(name), {name: 0.5}))
    assert request.program == "sampler"


def test_a_vector_of_parameters_is_bound():
    circuit = QuantumCircuit(1)
    angles = ParameterVector("a", 2)
    circuit.rx(angles[0], 0)
    circuit.rz(angles[1], 0)
    circuit.measure_all()
    for values in ([1, 2], {angles: [1, 2]}, {("a[0]", "a[1]"): [1, 2]}):
        assert read_request((circuit, values)).program == "sampler"


@pytest.mark.parametrize(
    ("work", "default", "shots"),
    [
        (BELL, None, None),
        (BELL, 100, 100),
        (BELL, np.int64(100), 100),
        ((BELL, None, 200), None, 200),
        ((BELL, None, 200), 100, 200),
        (SamplerPub(BELL), 100, 100),
        (SamplerPub(BELL, shots=200), 100, 200),
    ],
)
def test_shots_apply_to_pubs_that_name_none(work, default, shots):
    (pub,) = read_request(work, shots=default).sampler_pubs
    assert pub.shots == shots


# --- estimator work -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observables", "shape"),
    [
        ("ZZ", ()),
        ("0Z", ()),
        ("rl", ()),
        (Pauli("ZZ"), ()),
        (SparsePauliOp(["ZZ", "XX"], [1, 0.5]), ()),
        (SparseObservable("ZZ"), ()),
        ({"ZZ": 1.0}, ()),
        ({"ZZ": 1.0, "XX": 0.5}, ()),
        ({Pauli("ZZ"): 1.0}, ()),
        (PauliList(["ZZ", "XX"]), (2,)),
        (["ZZ", "XX", "YY"], (3,)),
        ([Pauli("ZZ"), "XX"], (2,)),
        ([{"ZZ": 1.0}, {"XX": 0.5}], (2,)),
        ([["ZZ", "XX"]], (1, 2)),
        ([[{"ZZ": 1}], [{"XX": 1}]], (2, 1)),
        (np.array(["ZZ", "XX"]), (2,)),
        (np.array(["ZZ", {"XX": 1.0}], dtype=object), (2,)),
        (ObservablesArray(["ZZ", "XX"]), (2,)),
    ],
    ids=repr,
)
def test_observables_make_it_the_estimators(observables, shape):
    request = read_request((PLAIN, observables))
    assert request.program == "estimator"
    assert request.estimator_pubs == request.pubs
    assert request.sampler_pubs == ()
    assert request.pubs[0].shape == shape


def test_an_estimator_pub_is_taken_as_it_is():
    pub = EstimatorPub.coerce((PLAIN, "ZZ"))
    for work in (pub, [pub], (pub,)):
        request = read_request(work)
        assert request.program == "estimator"
        assert request.pubs[0].circuit is PLAIN


def test_a_measured_circuit_may_have_observables_too():
    assert read_request((BELL, "ZZ")).program == "estimator"


def test_observables_and_parameter_values_go_together():
    (pub,) = read_request((rotation(), "Z", SEVEN_OF_TURNED)).estimator_pubs
    assert pub.shape == (7,)


def test_a_dictionary_of_labels_is_an_observable_even_of_a_circuit_with_parameters():
    assert read_request((rotation(), {"Z": 1.0}, [0.5])).program == "estimator"


@pytest.mark.parametrize(
    ("work", "default", "precision"),
    [
        ((PLAIN, "ZZ"), None, None),
        ((PLAIN, "ZZ"), 0.1, 0.1),
        ((PLAIN, "ZZ"), np.float64(0.25), 0.25),
        ((PLAIN, "ZZ"), np.float32(0.25), 0.25),
        ((PLAIN, "ZZ"), 1, 1),
        ((PLAIN, "ZZ", None, 0.2), 0.1, 0.2),
        (EstimatorPub.coerce((PLAIN, "ZZ")), 0.1, 0.1),
    ],
)
def test_precision_applies_to_pubs_that_name_none(work, default, precision):
    (pub,) = read_request(work, precision=default).estimator_pubs
    assert pub.precision == precision


# --- what cannot be run ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work",
    [None, 5, 0.5, True, "bell", "", b"bell", {"a": BELL}, {}, object()],
)
def test_what_is_no_circuit_cannot_be_run(work):
    with pytest.raises(InvalidInputError, match=r"cannot be run\. Give a QuantumCircuit"):
        read_request(work)


@pytest.mark.parametrize("work", [[], (), iter([])])
def test_nothing_cannot_be_run(work):
    with pytest.raises(InvalidInputError, match="Nothing to run: the list is empty"):
        read_request(work)


@pytest.mark.parametrize(
    ("work", "item"),
    [
        ([BELL, "ZZ"], "Item 1 is 'ZZ'"),
        ([BELL, [0.5]], "Item 1 is [0.5]"),
        ([BELL, None], "Item 1 is None"),
        (["ZZ", BELL], "Item 0 is 'ZZ'"),
        (("ZZ", PLAIN), "Item 0 is 'ZZ'"),
        ([[BELL]], "Item 0 is [<qiskit"),
        ([BELL, ()], "Item 1 is ()"),
        ([BELL, (BELL, BELL)], "Item 1 is tuple (<qiskit"),
        (range(3), "Item 0 is 0"),
    ],
)
def test_an_item_that_is_no_pub_is_named(work, item):
    with pytest.raises(InvalidInputError) as caught:
        read_request(work)
    assert str(caught.value).startswith(item)
    assert "A PUB is a tuple that starts with a circuit" in str(caught.value)


@pytest.mark.parametrize(
    ("work", "words"),
    [
        ([(PLAIN, "ZZ"), BELL], "PUB 0 is for the estimator but PUB 1 for the sampler"),
        ([BELL, BELL, (PLAIN, "ZZ")], "PUB 0 is for the sampler but PUB 2 for the estimator"),
        ([SamplerPub(BELL), EstimatorPub.coerce((PLAIN, "ZZ"))], "PUB 0 is for the sampler but"),
    ],
)
def test_one_job_runs_one_primitive(work, words):
    with pytest.raises(InvalidInputError, match=words):
        read_request(work)


@pytest.mark.parametrize(
    "work",
    [
        pytest.param((TURNED,), id="a value is missing"),
        pytest.param(TURNED, id="all values are missing"),
        pytest.param((turned_twice(), [0.1, 0.2, 0.3]), id="a value too many"),
        pytest.param((turned_twice(), {"a": 0.1}), id="a named value is missing"),
        pytest.param((BELL, [0.1]), id="a value without a parameter"),
        pytest.param((BELL, {"phi": 0.1}), id="a named value without a parameter"),
        pytest.param((TURNED, object()), id="no value"),
        pytest.param((BELL, None, 100, 4, 5), id="too long"),
        pytest.param((BELL, None, 0), id="no shots"),
        pytest.param((BELL, None, -1), id="negative shots"),
        pytest.param((BELL, None, 1.5), id="half a shot"),
        pytest.param((BELL, None, "many"), id="shots in words"),
    ],
)
def test_a_malformed_sampler_pub_is_refused(work):
    with pytest.raises(InvalidInputError) as caught:
        read_request([BELL, work])
    message = str(caught.value)
    assert message.startswith("PUB 1 is not a valid sampler PUB: ")
    assert message.endswith(
        ". Expected (circuit, parameter values, shots), the last two if needed."
    )


@pytest.mark.parametrize(
    "work",
    [
        pytest.param((PLAIN, "Z"), id="too narrow"),
        pytest.param((PLAIN, "ZZZ"), id="too wide"),
        pytest.param((PLAIN, ["ZZ", "Z"]), id="of several widths"),
        pytest.param((PLAIN, {"ZZ": 1, "Z": 1}), id="of several widths in one"),
        pytest.param((PLAIN, "ZA"), id="no observable"),
        pytest.param((PLAIN, ""), id="empty"),
        pytest.param((PLAIN, Operator.from_label("ZZ")), id="a matrix"),
        pytest.param((rotation(), "Z"), id="a value is missing"),
        pytest.param((turned_twice(), "Z", [0.1, 0.2, 0.3]), id="a value too many"),
        pytest.param((PLAIN, "ZZ", None, -0.1), id="negative precision"),
        pytest.param((PLAIN, "ZZ", None, "high"), id="precision in words"),
        pytest.param((PLAIN, "ZZ", None, 0.1, 5), id="too long"),
    ],
)
def test_a_malformed_estimator_pub_is_refused(work):
    with pytest.raises(InvalidInputError) as caught:
        read_request([(PLAIN, "ZZ"), work])
    message = str(caught.value)
    assert message.startswith("PUB 1 is not a valid estimator PUB: ")
    assert "Expected (circuit, observables, parameter values, precision)" in message


@pytest.mark.parametrize("work", [(TURNED, {"phi": 0.1}), (rotation(), "Z", {"phi": 0.1})])
def test_values_of_other_parameters_are_refused(work):
    with pytest.raises(
        InvalidInputError,
        match="PUB 0 gives values for phi, but the parameters of circuit 'rotation' are theta",
    ):
        read_request(work)


def test_a_refusal_keeps_qiskits_own_as_its_cause():
    with pytest.raises(InvalidInputError) as caught:
        read_request((PLAIN, "Z"))
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("work", [PLAIN, [PLAIN], (PLAIN,), SamplerPub(PLAIN), (PLAIN, [])])
def test_a_circuit_that_measures_nothing_has_no_counts(work):
    with pytest.raises(InvalidInputError, match=r"Circuit 0 \('plain'\) measures nothing"):
        read_request(work)


def test_the_circuit_that_measures_nothing_is_named():
    with pytest.raises(InvalidInputError, match=r"Circuit 1 \('plain'\) measures nothing"):
        read_request([BELL, PLAIN])


def test_unused_classical_bits_are_no_measurement():
    circuit = QuantumCircuit(1, 1, name="bits")
    circuit.h(0)
    with pytest.raises(InvalidInputError, match="measures nothing"):
        read_request(circuit)


def test_a_register_without_bits_is_refused_as_ibms_primitive_refuses_it():
    circuit = QuantumCircuit(
        QuantumRegister(1, "q"), ClassicalRegister(1, "c"), ClassicalRegister(0, "none")
    )
    circuit.measure(0, 0)

    with pytest.raises(InvalidInputError, match=r"register 'none' of circuit 1 .* has no bits"):
        read_request([BELL, circuit])


def test_a_measurement_inside_control_flow_is_one():
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(2))
    with circuit.for_loop(range(2)):
        circuit.measure(0, 0)
    assert read_request(circuit).program == "sampler"


def test_a_saved_state_is_output_enough():
    from qiskit_aer.library import SaveStatevector

    circuit = plain()
    circuit.append(SaveStatevector(2), [0, 1])
    assert read_request(circuit).program == "sampler"


@pytest.mark.parametrize(
    "shots",
    [
        0,
        -1,
        10_000_001,
        10**5000,
        True,
        False,
        1.0,
        1024.5,
        math.nan,
        "1024",
        [1024],
        np.float64(5),
    ],
    ids=lambda shots: type(shots).__name__,
)
def test_shots_that_cannot_be_used_are_refused(shots):
    for refuse in (read_shots, lambda value: read_request(BELL, shots=value)):
        with pytest.raises(InvalidInputError, match=r"^shots=.+ is (not a whole|out of bounds)"):
            refuse(shots)


def test_shots_of_a_pub_are_bounded_too():
    with pytest.raises(InvalidInputError, match="shots=10000001 is out of bounds"):
        read_request((BELL, None, 10_000_001))


@pytest.mark.parametrize(
    "precision",
    [0, 0.0, -0.1, math.nan, math.inf, True, "0.1", [0.1], np.float64("nan"), 1j],
    ids=repr,
)
def test_a_precision_that_cannot_be_used_is_refused(precision):
    with pytest.raises(InvalidInputError, match=r"^precision=.+ is not a positive number"):
        read_request((PLAIN, "ZZ"), precision=precision)


@pytest.mark.parametrize("precision", [math.nan, math.inf, 0.0])
def test_precision_of_a_pub_is_a_positive_number_too(precision):
    with pytest.raises(InvalidInputError, match=f"PUB 1: precision={precision} is not a positive"):
        read_request([(PLAIN, "ZZ"), (PLAIN, "ZZ", None, precision)])


@pytest.mark.parametrize("angle", [math.nan, math.inf])
def test_angles_are_finite(angle):
    circuit = rotation(measured=True)
    with pytest.raises(InvalidInputError, match="PUB 0 gives a value for theta that is not"):
        read_request((circuit, [angle]))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"default_shots": 0}, "default_shots=0 is out of bounds"),
        ({"default_shots": "7"}, "default_shots='7' is not a whole number"),
        ({"default_precision": -1}, "default_precision=-1 is not a positive number"),
        ({"default_precision": True}, "default_precision=True is not a positive number"),
        ({"simulator": {"seed_simulator": -3}}, "seed_simulator=-3 is not a whole number"),
        ({"simulator": {"seed_simulator": 1.5}}, "seed_simulator=1.5 is not a whole number"),
    ],
)
def test_quantities_in_options_are_checked_as_arguments_are(options, words):
    with pytest.raises(InvalidInputError, match=words):
        read_request((PLAIN, "ZZ"), options=options)


def test_shots_do_not_apply_to_the_estimator():
    with pytest.raises(InvalidInputError, match="shots=100 does not apply"):
        read_request((PLAIN, "ZZ"), shots=100)


def test_precision_does_not_apply_to_the_sampler():
    with pytest.raises(InvalidInputError, match=r"precision=0\.1 does not apply"):
        read_request(BELL, precision=0.1)


# --- names and options ----------------------------------------------------------------------------


def test_options_are_kept_as_they_were():
    options = {"simulator": {"seed_simulator": 42}}
    request = read_request(BELL, options=options)
    options["default_shots"] = {}
    assert request.options == {"simulator": {"seed_simulator": 42}}
    assert read_request(BELL).options == {}


@pytest.mark.parametrize("options", [5, "shots=5", [("a", 1)], True, object()])
def test_options_are_a_mapping(options):
    with pytest.raises(InvalidInputError, match=r"^options=.+ is not a mapping"):
        read_request(BELL, options=options)


def test_a_request_can_be_named_later():
    request = read_request(BELL, name="a", options={"x": 1})
    assert request.named("b") == PubRequest("sampler", request.pubs, "b", {"x": 1})
    assert request.name == "a"


def test_a_request_can_be_run_with_other_shots():
    request = read_request([BELL, (TURNED, SEVEN_OF_TURNED, 50)], shots=10, name="a")
    again = request.with_shots(99)
    assert [pub.shots for pub in again.sampler_pubs] == [99, 99]
    assert [pub.shape for pub in again.pubs] == [(), (7,)]
    assert again.name == "a"
    assert [pub.shots for pub in request.sampler_pubs] == [10, 50]


def test_an_estimator_request_takes_no_shots_later_either():
    with pytest.raises(InvalidInputError, match="does not apply"):
        read_request((PLAIN, "ZZ")).with_shots(100)


@pytest.mark.parametrize("shots", [0, True, 1.5])
def test_other_shots_are_checked_too(shots):
    with pytest.raises(InvalidInputError, match="shots="):
        read_request(BELL).with_shots(shots)


# --- for backend.run ------------------------------------------------------------------------------


def test_a_request_goes_by_its_circuits_as_they_were_handed_in():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    assert read_request(circuit).name == "2 qubits, depth 3"
    assert read_request([bell(), circuit]).name == "bell +1"
    assert read_request(circuit, name="mine").name == "mine"
