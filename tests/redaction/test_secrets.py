"""What is taken out of texts that come from outside, and what stays."""

from __future__ import annotations

import base64
import json
import string
import time
import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsession.redaction import secrets
from qsession.redaction.secrets import (
    REMOVED,
    know_secrets_of,
    passwords_in,
    redacted,
    redacted_tree,
)

KEY = "p8scR3VUQruC-cZLRB2obrT2Bp3UlXrKjOOABnkPKsHM"
"""Made up, as a key of IBM Cloud is."""

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDB9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


class Account:
    """Holds a secret, and says which."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets

    def __repr__(self) -> str:
        return "an account"


@pytest.fixture(autouse=True)
def _no_account_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QISKIT_IBM_TOKEN", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Bearer {JWT} has expired.", f"Bearer {REMOVED} has expired."),
        ("Authorization: Bearer abc123def456.", f"Authorization: Bearer {REMOVED}."),
        (f"{{'Authorization': 'Bearer {KEY}'}}", f"{{'Authorization': 'Bearer {REMOVED}'}}"),
        (f"apikey {KEY}", f"apikey {REMOVED}"),
        (f"The token {JWT} is unknown.", f"The token {REMOVED} is unknown."),
        (f"cut: {JWT[:50]}…", f"cut: {REMOVED}…"),
        (f"b'x\\n{JWT}'", f"b'x\\n{REMOVED}'"),
        (f"Provided API key {KEY} could not be found.",
         f"Provided API key {REMOVED} could not be found."),
        (f"Key '{KEY}'", f"Key '{REMOVED}'"),
        ("The API key: abc123x is bad", f"The API key: {REMOVED} is bad"),
        ('{"access_token": "a b, c", "expires_in": 3600}',
         f'{{"access_token": "{REMOVED}", "expires_in": 3600}}'),
        ('"{\\"refresh_token\\": \\"abc\\"}"', f'"{{\\"refresh_token\\": \\"{REMOVED}\\"}}"'),
        ("grant_type=urn:ibm&apikey=abc%2F1&x=1", f"grant_type=urn:ibm&apikey={REMOVED}&x=1"),
        ("https://cos/x?X-Amz-Signature=1f&partNumber=1",
         f"https://cos/x?X-Amz-Signature={REMOVED}&partNumber=1"),
        ("http://localhost:8888/lab?token=1f2e", f"http://localhost:8888/lab?token={REMOVED}"),
        ("by http://me:pa@ss@proxy:8080/ refused", f"by http://{REMOVED}@proxy:8080/ refused"),
        (f"Proxy-Authorization: Basic {base64.b64encode(b'me:word').decode()}",
         f"Proxy-Authorization: Basic {REMOVED}"),
        (f"Session(QiskitRuntimeService(token='{KEY[:30]}'))",
         f"Session(QiskitRuntimeService(token='{REMOVED}'))"),
        ("password: hunter2!", f"password: {REMOVED}!"),
        (f"old {'0123456789abcdef' * 8} token", f"old {REMOVED} token"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_removed_and_the_words_stay(text: str, left: str):
    assert redacted(text) == left
    assert redacted(left) == left


@pytest.mark.parametrize(
    "text",
    [
        "The bearer token is invalid or has expired.",
        "Bearer authentication is needed.",
        "Provided API key could not be found.",
        "token=None, password=None, access_token=null",
        "Too many basic gates in basic_simulator.",
        "unexpected token: 'measure', expected 'qubit'",
        "unexpected token: measure_all_the_qubits",
        "name 'a_rather_long_name_of_a_circuit_with_44_signs' is not defined",
        "The_Variational_Circuit_Of_The_2nd_Experiment",
        "0" * 44,
        "01" * 64,
        "0x" + "f0" * 64,
        "0110" * 32,
        "d0k9c2q4jv7g00806ab0",
        "7b2e0f0e-5b4c-4a51-9b1a-0c8f3f3d3a10",
        "crn:v1:bluemix:public:quantum-computing:us-east:a/0123456789abcdef0123456789abcdef:x::",
        'OPENQASM 3.0; include "stdgates.inc"; rz(-3*pi/4) q[0]; c[0] = measure q[0];',
        "Read timed out. (read timeout=10.0) for url: https://quantum.cloud.ibm.com/api/v1/jobs",
        "someone@example.com wrote",
        "sha256:" + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)  # fmt: skip
def test_ids_numbers_circuits_and_sentences_stay(text: str):
    assert redacted(text) == text


def test_the_secrets_of_an_account_are_removed_in_every_form_as_long_as_it_lives():
    secret = 'canary "of/an" account'
    account = Account(secret, "tiny", "abc", "")
    know_secrets_of(account, lambda each: each.secrets)
    forms = (secret, json.dumps(secret)[1:-1], quote(secret, safe=""))
    assert [redacted(f"key {form}!") for form in forms] == [f"key {REMOVED}!"] * 3
    assert redacted("tiny destiny, abc") == f"{REMOVED} destiny, abc"
    del account
    assert redacted(f"key {secret}!") == f"key {secret}!"


def test_an_account_that_cannot_be_read_spoils_nothing():
    def fail(_: object) -> list[str]:
        raise AttributeError("another release")

    account, other = Account(), Account("a secret of mine")
    know_secrets_of(account, fail)
    know_secrets_of(other, lambda each: each.secrets)
    assert redacted("a secret of mine") == REMOVED


def test_what_remembers_the_accounts_holds_no_secret():
    import qsession.redaction.secrets as module

    account = Account("a secret of mine")
    know_secrets_of(account, lambda each: each.secrets)
    told = [repr(value) for value in vars(module).values()]
    told += [repr(vars(module._accounts))]
    assert "a secret of mine" not in " ".join(told)


def test_the_token_and_the_proxies_of_the_environment_are_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "the-key-of-the-shell")
    monkeypatch.setenv("https_proxy", "http://me:pass%2Fword@proxy:8080")
    assert redacted("the-key-of-the-shell, pass/word") == f"{REMOVED}, {REMOVED}"
    assert list(passwords_in(["http://[", None, "http://proxy"])) == []


def test_trees_keep_their_shape():
    tree = {"a": [f"Bearer {JWT}", 1, None], "b": ("x", {"c": True})}
    assert redacted_tree(tree) == {"a": [f"Bearer {REMOVED}", 1, None], "b": ["x", {"c": True}]}


# --- any text -------------------------------------------------------------------------------------

words = st.text(string.ascii_lowercase, min_size=1, max_size=9)
around = st.lists(words, max_size=6).map(" ".join)
bits = st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=200)


@given(st.text())
def test_any_text_can_be_read_and_read_again(text: str):
    once = redacted(text)
    assert redacted(once) == once


@given(before=around, after=around, header=bits, claims=bits, signature=bits)
def test_no_token_is_left_wherever_it_stands(
    before: str, after: str, header: str, claims: str, signature: str
):
    token = f"eyJ{header}.{claims}.{signature}"
    for text in (
        f"{before} {token} {after}",
        f'{before} "{token}" {after}',
        f"{before} Bearer {token}, {after}",
        json.dumps({"access_token": token, "said": before}),
        json.dumps(json.dumps({"Authorization": f"Bearer {token}"})),
        repr({"headers": {"Authorization": f"Bearer {token}"}}),
        f"https://host/{quote(before)}?access_token={token}",
    ):
        left = redacted(text)
        assert claims not in left
        assert signature not in left


@given(before=around, after=around, secret=st.text(min_size=8))
def test_no_known_secret_is_left(before: str, after: str, secret: str):
    assert secret not in redacted(f"{before} {secret} {after}", secret).replace(REMOVED, "")


@given(
    st.one_of(
        st.uuids().map(str),
        st.integers(0).map(bin),
        st.floats().map(str),
        around,
        st.text("01", min_size=1, max_size=300),
        st.text(string.ascii_lowercase + string.digits, min_size=20, max_size=20),
    )
)
def test_no_id_no_number_and_no_word_is_taken_for_a_secret(text: str):
    assert redacted(f"Job {text}: failed.") == f"Job {text}: failed."


@pytest.mark.parametrize(
    "piece",
    ["eyJ", "eyJ_a", "eyJaaaaaa.", "bearer ", 'password="', "://", "a", "password :", "password='x",
     "basic ", "api ", "ibm", " ", "token=", "?sig=", "A1b-", str(uuid.UUID(int=7))],
)  # fmt: skip
def test_long_texts_take_time_by_their_length_alone(piece: str):
    def seconds(length: int) -> float:
        text, took = piece * (length // len(piece)), []
        for _ in range(3):
            began = time.thread_time()
            redacted(text)
            took.append(time.thread_time() - began)
        return min(took)

    # Sixteen times the text in some sixteen times the time: by its square it were 256 times.
    assert seconds(80_000) < 80 * max(seconds(5000), 0.0005)


WORDS = (
    *("https://u:pw@host", "Bearer", "APIKEY", "basic", JWT, KEY, "api_key", "Access-Key-Id=abc1"),
    *("AWSAccessKeyId", "id_token:", "client-secret='abc123'", "passwd", "PassPhrase", "?sig=abc1"),
    *("Proxy-Authorization:", "x-amz-signature", "&token=", "token: ", "0123456789abcdef" * 8),
    *("abc123def456", "dXNlcjpwYXNz", " ", "=", "its with block ended", "'", '"', "secret_key"),
)


@given(words=st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=6))
def test_what_is_not_looked_at_closely_has_nothing_to_remove(words: list[str]):
    text = "".join(words)
    assert redacted(text) == secrets._without_what_looks_like_one(text)


def test_texts_of_our_own_need_no_rule(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secrets, "_patterns", lambda: pytest.fail("compiled"))
    for text in ("its with block ended", "Cancelled by the user.", ""):
        assert redacted(text) == text
