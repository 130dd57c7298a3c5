"""Which backend a name or an object stands for."""

from __future__ import annotations

import pytest
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import fake_provider
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.circuits.backends import find_backend, gives_counts
from qsession.client_errors import BackendNotFoundError
from qsession.errors import InvalidInputError
from qsession.provider import get_backend

MANILA = FakeManilaV2()


@pytest.mark.parametrize("backend", [MANILA, AerSimulator()], ids=lambda backend: backend.name)
def test_a_backend_stands_for_itself(backend):
    assert find_backend(backend) is backend


def test_a_session_backend_stands_for_the_one_it_wraps():
    assert find_backend(get_backend(MANILA)) is MANILA


@pytest.mark.parametrize("name", [None, "aer_simulator"])
def test_the_default_is_the_aer_simulator(name):
    backend = find_backend(name)
    assert isinstance(backend, AerSimulator)
    assert backend.name == "aer_simulator"


@pytest.mark.parametrize("method", ["statevector", "density_matrix", "stabilizer", "unitary"])
def test_aers_methods_are_found_by_name(method):
    backend = find_backend(f"aer_simulator_{method}")
    assert backend.name == f"aer_simulator_{method}"
    assert backend.options.method == method


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("aer_simulator", True),
        ("aer_simulator_statevector", True),
        ("fake_manila", True),
        ("qasm_simulator", True),
        ("statevector_simulator", False),
        ("unitary_simulator", False),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_aers_oldest_simulators_give_states_instead_of_counts(name, counts):
    assert gives_counts(find_backend(name)) is counts


def test_each_look_up_gives_a_new_simulator():
    one, other = find_backend("aer_simulator"), find_backend("aer_simulator")
    one.set_options(shots=5)
    assert other.options.shots != 5


@pytest.mark.parametrize("name", ["fake_manila", "fake_brisbane", "fake_fez", "fake_sherbrooke"])
def test_ibms_fake_backends_are_found_by_name(name):
    backend = find_backend(name)
    assert backend.name == name
    kind = type(backend)
    assert getattr(fake_provider, kind.__name__) is kind


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("fake_manilla", "Did you mean 'fake_manila'"),
        ("aer_simulater", "Did you mean 'aer_simulator'"),
        ("FAKE_MANILA", "Names are those of Aer"),
        ("", "Names are those of Aer"),
        ("ibm_torino", "Names are those of Aer"),
        ("aer_simulator ", "Did you mean 'aer_simulator'"),
        ("5 minutes", 'A max_time is written like "2h 30m 40s"'),
        ("1800", 'A max_time is written like "2h 30m 40s"'),
        ("<b>", "Names are those of Aer"),
    ],
)
def test_an_unknown_name_is_refused_with_a_hint(name, hint):
    with pytest.raises(BackendNotFoundError) as caught:
        find_backend(name)
    message = str(caught.value)
    assert message.startswith(f"No local backend is called {name!r}.")
    assert hint in message
    assert isinstance(caught.value, QiskitBackendNotFoundError)


@pytest.mark.parametrize(
    "backend", [5, True, 1.5, b"fake_manila", FakeManilaV2, ["fake_manila"], object()]
)
def test_what_is_neither_a_backend_nor_a_name_is_refused(backend):
    with pytest.raises(InvalidInputError, match=r"is not a backend\. Give a BackendV2 instance"):
        find_backend(backend)
