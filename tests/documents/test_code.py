"""The code of README.md and of docs/ runs as it stands there, with what it takes for granted."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING

import pytest

from tests.documents.pages import CIRCUIT, REPOSITORY, Page, run

if TYPE_CHECKING:
    from pathlib import Path

ESTIMATION = """
from qiskit.circuit.library import n_local
from qiskit.quantum_info import SparsePauliOp
ansatz = n_local(2, "ry", "cz", reps=1)
observables = SparsePauliOp(["ZZ", "XI"])
angles = [0.1] * ansatz.num_parameters
"""

A_SESSION = """
from qsession import Session
session = Session("fake_manila", name="vqe", max_time="30m")
job = session.run(circuit, shots=100)
job.result()
"""

PAGES = (
    Page("README.md", is_read_alone=True, needs_account=True),
    Page("docs/index.md", is_read_alone=True),
    Page(
        "docs/how-to/use-a-session-in-python.md",
        CIRCUIT
        + ESTIMATION
        + """
from qsession import Batch, Session
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
backend = FakeManilaV2()
on_change = print
with Session(backend) as earlier:
    pass
""",
        needs_account=True,
        replaced=(
            (
                "session.job(job_id), session.cancel_job(job_id)",
                "job_id = session.run(circuit).job_id(); session.job(job_id)",
            ),
        ),
    ),
    Page(
        "docs/how-to/follow-a-paid-session.md",
        CIRCUIT
        + """
from qsession import Session
backend = "ibm_torino"
earlier = Session(backend, create_new=True, name="earlier")
session_id, session_id_or_name = earlier.session_id, "earlier"
""",
        needs_account=True,
        replaced=(
            (
                'session.estimate_program("bell"); ',
                """session.add_program(circuit, name="bell"); session.run(circuit).result()
session.estimate_program("bell"); """,
            ),
        ),
    ),
    Page(
        "docs/how-to/stop-it-from-anywhere.md",
        CIRCUIT
        + A_SESSION
        + """
session_id_or_name, backend = "vqe", "fake_manila"
%load_ext qsession
""",
        needs_account=True,
    ),
    Page("docs/how-to/use-the-notebook-view.md", CIRCUIT + A_SESSION),
    Page("docs/how-to/run-cells-in-a-session.md"),
    Page("docs/how-to/look-at-a-device.md", CIRCUIT + A_SESSION),
    Page(
        "docs/how-to/keep-and-compare-results.md",
        CIRCUIT
        + A_SESSION
        + """
import qsession
first, second = job, session.run(circuit, shots=100)
told = print
""",
    ),
    Page(
        "docs/how-to/sweep-on-a-cluster.md",
        CIRCUIT + "sweep = [circuit] * 3\n",
        replaced=(('Client("scheduler:8786")', "Client(n_workers=2)"), ("10_000", "100")),
        needs=("distributed",),
    ),
    Page(
        "docs/how-to/use-other-libraries.md",
        "delays = [1e-6, 2e-6]\n",
        needs=("qiskit_algorithms", "qiskit_experiments", "qiskit_addon_cutting", "mitiq"),
    ),
)


def test_every_document_with_code_is_here() -> None:
    documents = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    with_code = {
        path.relative_to(REPOSITORY).as_posix()
        for path in documents
        if Page(path.relative_to(REPOSITORY).as_posix()).blocks()
    }
    assert with_code == {page.path for page in PAGES}


@pytest.mark.parametrize(
    "page",
    [
        # What the notebook on scaling out says, too, is run by every test run.
        pytest.param(page, marks=pytest.mark.extended if "distributed" in page.needs else ())
        for page in PAGES
    ],
    ids=[page.path for page in PAGES],
)
def test_its_code_runs(page: Page, tmp_path: Path) -> None:
    if missing := [name for name in page.needs if importlib.util.find_spec(name) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    blocks = page.blocks()
    ways = [[block] for block in blocks] if page.is_read_alone else [blocks]
    printed = [
        run([page.given, *cells], has_account=page.needs_account, folder=tmp_path) for cells in ways
    ]
    # A comment by itself is what the line above it prints.
    told = re.findall(r"^print\(.*\n# (.+)$", "\n".join(blocks), re.MULTILINE)
    assert [line for line in told if line not in "".join(printed)] == []
