"""What people can use is documented: each public name, argument, option and command."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import qsession
from qsession.magics import QSessionMagics
from qsession.magics.commands import COMMANDS

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text()
PAGES = "\n".join(path.read_text() for path in sorted((REPOSITORY / "docs").rglob("*.md")))
API = (REPOSITORY / "docs" / "reference" / "api.md").read_text()
WORDS = frozenset(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", PAGES))

OF_TESTS = {"clock"}
"""Arguments that are for tests of programs, and documented where those are written."""

USES = (
    "run", "run_program", "run_again", "add_program", "wait", "on_job", "observe", "close",
    "cancel", "cancel_job", "job", "run_circuits", "as_default", "to_html", "to_dicts", "to_json",
    "to_csv", "to_dataframe", "details", "device", "status", "usage", "from_id", "widget",
    "max_time", "session_ids", "simulation_counts",
)  # fmt: skip
"""What people call on a session."""


@pytest.mark.parametrize("name", qsession.__all__)
def test_every_public_name_is_in_the_reference(name: str):
    assert re.search(rf":: qsession\.{name}$", API, re.MULTILINE)


def test_the_readme_is_short_and_names_both_commands():
    assert len(README.splitlines()) <= 120
    assert "make lab" in README
    assert "make test" in README


@pytest.mark.parametrize(
    "name", sorted(set(inspect.signature(qsession.Session).parameters) - OF_TESTS)
)
def test_every_argument_of_a_session_is_documented(name: str):
    assert name in WORDS


@pytest.mark.parametrize("name", sorted(qsession.Session.class_trait_names()))
def test_every_trait_is_documented(name: str):
    assert name in WORDS


@pytest.mark.parametrize("name", USES)
def test_every_use_of_a_session_is_documented(name: str):
    assert hasattr(qsession.Session, name)
    assert name in WORDS


@pytest.mark.parametrize(
    "option",
    sorted(
        option
        for magic in (QSessionMagics.qsession, QSessionMagics.qsession_line)
        for action in magic.parser._actions
        for option in action.option_strings
        if option not in {"-h", "--help"}
    ),
)
def test_every_option_of_the_magics_is_documented(option: str):
    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", PAGES)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str):
    assert re.search(rf"%qsession\b[^\n]*\b{command}\b|`{command}\b", PAGES)


@pytest.mark.parametrize("name", ["QSESSION_HOME", "QSESSION_LEDGER"])
def test_every_setting_is_documented(name: str):
    assert name in WORDS


@pytest.mark.parametrize(
    "document",
    sorted({*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")}),
    ids=lambda path: path.name,
)
def test_the_files_that_a_document_names_exist(document: Path):
    sources = [path.as_posix() for path in REPOSITORY.glob("src/qsession/**/*.py")]
    sources += [path.as_posix() for path in REPOSITORY.glob("js/src/**/*.ts")]
    sources += [path.as_posix() for path in REPOSITORY.glob("js/test/**/*.ts")]
    sources += [path.as_posix() for path in REPOSITORY.glob("tests/**/*.py")]
    named = set(re.findall(r"`([\w./-]+\.(?:py|ts))`", document.read_text()))
    lost = [name for name in named if not any(path.endswith(f"/{name}") for path in sources)]
    assert lost == []
