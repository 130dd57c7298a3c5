"""Several kernels write one ledger at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.ledger.told import on_disk
from tests.ledger.writing_kernels import write_at_once

KERNELS = 4


def test_four_kernels_at_once_lose_nothing(path: Path, is_shared: bool):
    """As many jobs as they can; ``benchmarks/ledger_kernels.py`` gives them a minute."""
    # However long the machine takes for a write, nobody gives up: what is lost is looked for.
    options = ["--wait=60", *(["--shared"] if is_shared else [])]
    written = write_at_once(path, KERNELS, 1, *options)
    assert [kernel.warnings for kernel in written] == [[]] * KERNELS
    found = on_disk(path)
    for kernel in written:
        assert sum(len(found[session_id]) for session_id in kernel.session_ids) == kernel.jobs > 0
    jobs = sum(kernel.jobs for kernel in written)
    with closing(sqlite3.connect(path)) as file:
        done = file.execute("SELECT count(*) FROM jobs WHERE status = 'DONE'").fetchone()
        results = file.execute("SELECT count(*) FROM results").fetchone()
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (done, results) == ((jobs,), (jobs,))
