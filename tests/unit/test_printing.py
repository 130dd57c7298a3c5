"""Texts on streams that lack characters: nothing that this package prints fails."""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path

import pytest

from qsession.comparing.comparison import Comparison
from qsession.model.bill import Bill, Price
from qsession.printing import (
    PLAIN,
    encodable,
    say,
    standard_streams_taking_all,
    with_plain_marks,
)
from qsession.render.mimebundle import forms_of
from qsession.render.results import ResultSummary

SOURCES = Path(__file__).parents[2] / "src" / "qsession"

DRAWN_IN_HTML = {"render/html.py": set("◌◐⊘▲")}
"""Marks that stand in HTML alone, which has an encoding of its own."""


def stream(encoding: str, errors: str = "strict") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")


def written(to: io.TextIOWrapper) -> bytes:
    to.flush()
    assert isinstance(to.buffer, io.BytesIO)
    return to.buffer.getvalue()


def as_standard_output(
    monkeypatch: pytest.MonkeyPatch, encoding: str, errors: str = "strict"
) -> io.TextIOWrapper:
    output = stream(encoding, errors)
    monkeypatch.setattr(sys, "stdout", output)
    return output


def marks_of(path: Path) -> set[str]:
    """The characters of a source's texts, docstrings left out, that are not in ASCII."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    )
    return {character for text in texts for character in text if "\x7f" < character < "\ud800"}


def test_every_mark_in_our_texts_has_a_form_in_ascii():
    for path in SOURCES.rglob("*.py"):
        name = path.relative_to(SOURCES).as_posix()
        assert marks_of(path) - DRAWN_IN_HTML.get(name, set()) <= set(PLAIN), name
    assert "".join(PLAIN.values()).isascii()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", r"\xdcbung ... 5 -> 3 ###: \u91cf"),
        ("cp1252", "Übung … 5 -> 3 ###: \\u91cf"),
        ("utf-8", "Übung … 5 → 3 ███▏ 量"),
    ],
)
def test_a_line_is_printed_as_the_stream_can_write_it(encoding: str, shown: str):
    output = stream(encoding)
    say("Übung … 5 → 3 ███▏ 量", output)
    assert written(output) == f"{shown}\n".encode(encoding)


def test_a_surrogate_fails_nowhere():
    output = stream("utf-8")
    say("\udcff", output)
    assert written(output) == rb"\udcff" + b"\n"


def test_what_has_no_encoding_takes_all():
    output = io.StringIO()
    say("Ü…", output)
    assert output.getvalue() == "Ü…\n"


def test_a_program_without_standard_output_prints_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", None)
    say("…")
    assert encodable("…") == "…"


def test_standard_streams_take_all_for_the_length_of_a_block(monkeypatch: pytest.MonkeyPatch):
    output = as_standard_output(monkeypatch, "ascii")
    with standard_streams_taking_all():
        print("é…")  # noqa: T201 - as anybody prints
    assert written(output) == b"\\xe9...\n"
    assert output.errors == "strict"


def test_a_str_of_ours_fails_for_names_of_others_alone(monkeypatch: pytest.MonkeyPatch):
    as_standard_output(monkeypatch, "ascii")
    assert with_plain_marks("é ± █") == "é +/- #"
    bill = Bill(60.0, 30.0, Price(96.0, "EUR"), None, is_charged=True)
    assert str(bill) == "about EUR 96.00, idle EUR 48.00"


def test_a_repr_is_the_same_everywhere_and_its_str_can_be_printed(
    monkeypatch: pytest.MonkeyPatch,
):
    summary = ResultSummary((), hidden_pubs=3)
    compared = Comparison(labels=("a", "b"), parts=(), unmatched=())
    before = repr(summary), repr(compared)
    as_standard_output(monkeypatch, "ascii")
    assert (repr(summary), repr(compared)) == before
    assert (str(summary), str(compared)) == ("... and 3 more PUBs", "a compared with b")


def test_the_text_of_a_display_in_a_terminal_can_be_written(monkeypatch: pytest.MonkeyPatch):
    as_standard_output(monkeypatch, "ascii")
    forms, _ = forms_of("<Session 'é' …>", "<b>é</b>", pytest.fail, has_pictures=False)
    assert forms == {"text/plain": r"<Session '\xe9' ...>", "text/html": "<b>é</b>"}
