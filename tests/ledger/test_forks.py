"""A SQLite file is never open across a fork: each process has its own locks on it."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from qsession import Session
from qsession.ledger import ledger_of_process
from qsession.ledger.ledger import Ledger
from tests.ledger.told import Telling, as_others_read, on_disk
from tests.support.circuits import flipped
from tests.support.forking import in_child
from tests.support.patience import PATIENCE_S

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


def own_ledger() -> Ledger:
    ledger = ledger_of_process()
    assert ledger is not None
    return ledger


def locks_known_to_sqlite(path: Path) -> bool:
    """Whether this process can write, which SQLite decides by the locks that it remembers."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def test_a_transaction_of_another_thread_does_not_lock_the_child_out():
    ledger = own_ledger()
    telling = Telling(ledger, "of the parent")
    telling.submit("a")
    is_writing, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with ledger._lock:
            connection = ledger._file.connection
            connection.execute("BEGIN IMMEDIATE")
            is_writing.set()
            may_end.wait(PATIENCE_S)
            connection.execute("COMMIT")

    thread = threading.Thread(target=write)
    thread.start()
    assert is_writing.wait(PATIENCE_S)
    threading.Timer(0.05, may_end.set).start()

    def work() -> bool:
        Telling(own_ledger(), "of the child").submit("b")
        return own_ledger() is not ledger and locks_known_to_sqlite(ledger.path)

    assert in_child(work)
    thread.join()
    telling.submit("c")
    assert as_others_read(ledger.path) == {"of the parent": ["a", "c"], "of the child": ["b"]}


def test_one_that_does_not_end_costs_the_child_its_ledger_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("qsession.ledger.locking.CALLER_WAIT_S", 0.01)
    with Session("aer_simulator") as session:
        session.run(flipped(), shots=1).result()
        ledger = own_ledger()
        taken, may_go = threading.Event(), threading.Event()

        def hold() -> None:
            with ledger._lock:
                taken.set()
                may_go.wait(PATIENCE_S)

        thread = threading.Thread(target=hold)
        thread.start()
        assert taken.wait(PATIENCE_S)
        try:
            done = in_child(
                lambda: (session.run(flipped(), shots=2).result() and ledger_of_process()) is None
            )
        finally:
            may_go.set()
            thread.join()
        assert done
        assert own_ledger() is ledger


def test_after_forks_the_parent_writes_on():
    ledger = own_ledger()
    telling = Telling(ledger)
    telling.submit("a")
    for job_id in ("b", "c"):
        in_child(lambda: None)
        telling.submit(job_id)
    assert on_disk(ledger.path) == {telling.session_id: ["a", "b", "c"]}
