"""The tree of errors, as the docstring of `qsession.errors` draws it."""

from __future__ import annotations

import builtins
import inspect
import re
from types import ModuleType

import pytest
import qiskit.providers.exceptions
import qiskit_ibm_runtime.exceptions

import qsession
from qsession import client_errors, errors
from qsession.errors import QSessionError, shown

DRAWN = {
    name: bases.split(", ")
    for name, bases in re.findall(r"[├└]── (\w+) +\(([\w, ]+)\)", errors.__doc__ or "")
}
PLACES: list[ModuleType] = [
    builtins,
    qiskit.providers.exceptions,
    qiskit_ibm_runtime.exceptions,
]


def defined_in(module: ModuleType) -> set[str]:
    return {
        name
        for name, item in vars(module).items()
        if inspect.isclass(item)
        and item.__module__ == module.__name__
        and not issubclass(item, Warning)
    }


def test_the_tree_shows_every_error():
    ours = defined_in(errors) | defined_in(client_errors)
    assert set(DRAWN) == ours - {"QSessionError"}


@pytest.mark.parametrize("name", DRAWN)
def test_an_error_is_all_that_the_tree_says(name):
    error = getattr(qsession, name)
    assert issubclass(error, QSessionError)
    for base in DRAWN[name]:
        (known,) = {getattr(place, base) for place in PLACES if hasattr(place, base)}
        assert issubclass(error, known)


@pytest.mark.parametrize("name", sorted(defined_in(client_errors)))
def test_errors_of_the_client_live_in_their_own_module(name):
    assert not hasattr(errors, name)


@pytest.mark.parametrize("name", [*DRAWN, "QSessionError"])
@pytest.mark.parametrize("message", ["no job 'a' here", "50 %", "Zürich\nline two", ""])
def test_a_message_is_shown_as_it_is(name, message):
    assert str(getattr(qsession, name)(message)) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        ("a\nb", r"'a\nb'"),
        (None, "None"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("x" * 79, f"str '{'x' * 79}…"),
        (list(range(1000)), f"list {str(list(range(1000)))[:80]}…"),
        (10**5000, "<int>"),
    ],
    ids=["int", "text", "none", "just short enough", "too long", "list", "huge int"],
)
def test_a_value_in_a_message_is_short(value, text):
    assert shown(value) == text


def test_a_value_that_cannot_say_what_it_is_goes_by_its_class():
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert shown(Shy()) == "<Shy>"
