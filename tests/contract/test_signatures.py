"""Our Session and Batch can stand wherever IBM's can: method by method."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import qiskit_ibm_runtime
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qsession

PAIRS = [
    (qsession.Session, qiskit_ibm_runtime.Session),
    (qsession.Batch, qiskit_ibm_runtime.Batch),
]
BOTH = pytest.mark.parametrize(("ours", "ibms"), PAIRS, ids=["Session", "Batch"])

OTHER_DEFAULTS: dict[tuple[str, str], Any] = {
    ("__init__", "backend"): None,  # the local simulator
    ("__init__", "create_new"): None,  # opened by its first job
}
"""Parameters whose defaults differ from IBM's on purpose."""

CALLED_BY_THE_CLIENT = ("__init__", "__enter__", "__exit__", "_run")


def public_names(cls: type) -> list[str]:
    return [name for name in dir(cls) if not name.startswith("_")]


def methods(cls: type) -> list[str]:
    public = [name for name in public_names(cls) if callable(getattr(cls, name))]
    return [*public, *CALLED_BY_THE_CLIENT]


def parameters(cls: type, name: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(getattr(cls, name)).parameters)


def test_ibms_session_has_what_this_test_compares():
    assert {"run"}.isdisjoint(public_names(qiskit_ibm_runtime.Session))
    expected = {"backend", "cancel", "close", "details", "from_id", "service", "session_id",
                "status", "usage"}  # fmt: skip
    assert expected <= set(public_names(qiskit_ibm_runtime.Session))


@BOTH
def test_it_is_ibms_class_and_bears_its_name(ours, ibms):
    assert issubclass(ours, ibms)
    # from_id and the primitives look at the name.
    assert ours.__name__ == ibms.__name__
    assert isinstance(ours(AerSimulator()), ibms)


def test_a_session_is_no_batch():
    assert not issubclass(qsession.Session, qiskit_ibm_runtime.Batch)
    assert issubclass(qsession.Batch, qsession.Session)


@BOTH
def test_every_public_name_of_ibms_exists_and_is_of_its_sort(each_backend, ours, ibms):
    mine, theirs = ours(each_backend), ibms(each_backend)
    for name in public_names(ibms):
        assert callable(getattr(mine, name)) == callable(getattr(theirs, name)), name
        in_class = inspect.getattr_static(ours, name), inspect.getattr_static(ibms, name)
        is_class_method = [isinstance(each, classmethod) for each in in_class]
        assert is_class_method[0] == is_class_method[1], name


@BOTH
def test_every_parameter_of_ibms_is_taken_in_its_place_and_with_its_default(ours, ibms):
    for method in methods(ibms):
        mine, theirs = parameters(ours, method), parameters(ibms, method)
        for name, parameter in theirs.items():
            assert name in mine, f"{method}({name})"
            assert mine[name].kind is parameter.kind, f"{method}({name})"
            default = OTHER_DEFAULTS.get((method, name), parameter.default)
            assert mine[name].default == default, f"{method}({name})"
        positional = [
            [name for name, each in side.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
            for side in (mine, theirs)
        ]
        assert positional[0][: len(positional[1])] == positional[1], method


@BOTH
def test_what_is_ours_alone_is_optional(ours, ibms):
    for method in methods(ibms):
        theirs = parameters(ibms, method)
        for name, parameter in parameters(ours, method).items():
            if name not in theirs:
                variable = (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
                is_optional = parameter.default is not parameter.empty
                assert is_optional or parameter.kind in variable, f"{method}({name})"


@BOTH
def test_a_plain_session_answers_as_ibms_does(ours, ibms):
    mine, theirs = ours(FakeManilaV2(), 600), ibms(FakeManilaV2(), 600)
    for name in ("backend", "details", "status", "usage"):
        assert getattr(mine, name)() == getattr(theirs, name)(), name
    assert mine.session_id is theirs.session_id is None
    assert mine.service.is_local is theirs.service.is_local is True
    assert isinstance(mine.service, type(theirs.service))
    assert (mine.cancel(), mine.close()) == (theirs.cancel(), theirs.close()) == (None, None)


@pytest.mark.parametrize("max_time", [None, 600, "2h 30m 40s", "30m"])
def test_a_max_time_means_what_it_means_to_ibm(each_backend, max_time):
    mine = qsession.Session(each_backend, max_time)
    assert mine.max_time == qiskit_ibm_runtime.Session(each_backend, max_time)._max_time


def test_what_is_no_backend_is_a_value_error_to_both():
    for cls in (qsession.Session, qiskit_ibm_runtime.Session):
        with pytest.raises(ValueError, match="backend"):
            cls(object())
