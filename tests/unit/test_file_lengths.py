"""A file of the sources, and of the view's tests, has one subject, or says here why it is long."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
MOST_LINES = 300
FEW_LINES = 40
MOST_SMALL_MODULES = 10

LONGER = {
    "src/qsession/session/session.py": "each public name is a line of code and a docstring",
    "src/qsession/model/session_state.py": "one class, whose events and questions are of one state",
    "src/qsession/engines/local/scheduler.py": "every step of the queue that the lock guards",
    "src/qsession/engines/local/engine.py": "the methods of the protocol `Engine`, each short",
    "src/qsession/engines/local/work.py": "four kinds of work that have to be read side by side",
    "src/qsession/engines/local/workers/hybrid_runner.py": "a unit's whole way, under one lock",
    "src/qsession/engines/ibm/engine.py": "the methods of the same protocol on IBM Quantum",
    "src/qsession/engines/ibm/closing.py": "the one state machine of an end that is owed",
    "src/qsession/ledger/ledger.py": "every step of writing that its lock guards",
    "src/qsession/simulator/devices.py": "two models of one device, compared line by line",
    "js/src/wire/wire.ts": "the mirror of `wire.py` and its guards, compared by a test",
    "js/src/store/session-store.ts": "one class: what arrives is merged in one place",
}


def lines_of_each_source() -> dict[str, int]:
    return {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text("utf-8").splitlines())
        for folder, pattern in (("src/qsession", "*.py"), ("js/src", "*.ts"), ("js/test", "*.ts"))
        for path in sorted((REPOSITORY / folder).rglob(pattern))
    }


def test_a_longer_file_has_its_reason_here():
    assert {name for name, lines in lines_of_each_source().items() if lines > MOST_LINES} == {
        *LONGER
    }


def test_few_modules_are_too_small_to_be_found():
    small = [
        name
        for name, lines in lines_of_each_source().items()
        if name.endswith(".py") and not name.endswith("/__init__.py") and lines < FEW_LINES
    ]
    assert len(small) <= MOST_SMALL_MODULES, small
