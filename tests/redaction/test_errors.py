"""Errors of others, and what they are chained to, tell no secret."""

from __future__ import annotations

import json
import pickle
import traceback
from typing import NoReturn

import pytest
import requests
from pydantic import BaseModel, ValidationError
from qiskit_ibm_runtime.api.exceptions import RequestsApiError

from qsession.errors import in_words
from qsession.redaction.errors import ErrorsWithoutSecrets, without_secrets
from qsession.redaction.secrets import REMOVED

KEY = "p8scR3VUQruC-cZLRB2obrT2Bp3UlXrKjOOABnkPKsHM"


def fail(error: BaseException) -> NoReturn:
    """Raise an error from a frame that knows the key."""
    authorization = f"Bearer {KEY}"
    assert authorization
    raise error


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """An error with a traceback."""
    try:
        try:
            fail(cause or error)
        except Exception as earlier:
            if cause is None:
                raise
            raise error from earlier
    except Exception as caught:  # noqa: BLE001 - that is what it is for
        return caught


def told(error: BaseException) -> str:
    """All that a program may print of an error, with the variables of its frames."""
    printed = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts = ["".join(printed.format()), str(error), repr(error), str(vars(error))]
    links = [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
    return "\n".join([*parts, *(told(link) for link in links if link is not None)])


def answered() -> requests.HTTPError:
    """What the client of HTTP raises, with all that it carries."""
    request = requests.Request("GET", "http://host/", headers={"Authorization": f"Bearer {KEY}"})
    response = requests.Response()
    response.status_code, response._content = 401, f"{KEY} is unknown".encode()
    response.request = request.prepare()
    return requests.HTTPError(f"401 for {KEY}", response=response, request=response.request)


class Model(BaseModel):
    count: int


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"count": KEY})
    return caught.value


ERRORS = [
    RequestsApiError(f"401 Client Error. The key {KEY} is unknown.", 401),
    KeyError(KEY),
    OSError(2, f"apikey {KEY}", f"/token={KEY}"),
    json.JSONDecodeError("no value", f'{{"token": "{KEY}"', 3),
    UnicodeDecodeError("utf-8", f"{KEY}\xff".encode("latin-1"), 44, 45, "no start"),
    ValueError({"headers": [f"Bearer {KEY}", 1]}, (KEY,), b"apikey " + KEY.encode()),
    answered(),
    invalid(),
    ExceptionGroup(f"two with {KEY}", [ValueError(KEY), answered()]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("is_cause", [False, True])
def test_no_error_tells_a_secret_in_any_link(error: Exception, is_cause: bool):
    whole = raised(RuntimeError(f"around {KEY}"), error) if is_cause else raised(error)
    assert KEY in told(whole)
    mended = without_secrets(whole)
    assert KEY not in told(mended)
    assert KEY.encode() not in pickle.dumps(mended)
    assert REMOVED in told(mended)


def test_class_status_and_words_stay():
    error = RequestsApiError(f"401 Client Error. The key {KEY} is unknown.", 401)
    mended = without_secrets(raised(error))
    assert id(mended) == id(error)
    assert (error.status_code, error.message) == (401, str(error.args[0]))
    assert error.message == f"401 Client Error. The key {REMOVED} is unknown."


def test_what_has_no_secret_stays_as_it_is():
    error = raised(ValueError({"a": [1]}, "words"), KeyError("q"))
    arguments, cause = error.args, error.__cause__
    assert without_secrets(error, keeps_frames=True) is error
    assert (error.args, error.__cause__, error.__suppress_context__) == (arguments, cause, True)
    assert error.__traceback__ is not None


def test_notes_tell_no_secret():
    error = ValueError("words")
    error.add_note(f"while {KEY} was sent")
    assert KEY not in told(without_secrets(error))


def test_errors_that_refer_to_each_other_are_read_once():
    first, second = ValueError(KEY), ValueError("second")
    first.__context__, second.__context__ = second, first
    assert without_secrets(second).__context__ is first
    assert str(first) == REMOVED


def test_a_secret_that_no_account_holds_can_be_named():
    assert str(without_secrets(ValueError("is my word"), "my word")) == f"is {REMOVED}"


def test_a_block_raises_what_it_raised_without_secrets_and_without_the_frames_that_hold_them():
    def call() -> None:
        with ErrorsWithoutSecrets():
            fail(KeyError(KEY))

    with pytest.raises(KeyError, match="removed") as caught:
        call()
    names = [entry.name for entry in caught.traceback]
    assert names
    assert "fail" not in names
    with pytest.raises(RuntimeError, match="removed"), ErrorsWithoutSecrets():
        Model.model_validate({"count": KEY})


def test_frames_of_a_block_can_be_kept():
    with pytest.raises(KeyError, match="q") as caught, ErrorsWithoutSecrets(keeps_frames=True):
        fail(KeyError("q"))
    assert "fail" in {entry.name for entry in caught.traceback}


def test_an_error_in_words_tells_no_secret():
    assert in_words(ValueError(f"Bearer {KEY}")) == f"ValueError: Bearer {REMOVED}"


def test_an_error_whose_class_errs_is_no_error_of_ours():
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert isinstance(without_secrets(OddError(KEY)), Exception)
