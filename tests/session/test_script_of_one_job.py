"""What a script of one local job loads, in a process of its own: no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import SamplerV2
from {package} import Session

circuit = QuantumCircuit(1)
circuit.measure_all()
with Session(backend=AerSimulator()) as session:
    SamplerV2(mode=session).run([circuit]).result()

import sys
print(*sys.modules)
"""


def loaded_with(package: str) -> frozenset[str]:
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(package=package)],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(done.stdout.split())


def packages(modules: frozenset[str]) -> set[str]:
    """The packages that they are of, without those of Python."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    return loaded_with("qsession")


def test_of_others_packages_it_loads_traitlets_and_platformdirs_beside_what_ibms_client_does(
    loaded: frozenset[str],
) -> None:
    ours, theirs = packages(loaded), packages(loaded_with("qiskit_ibm_runtime"))
    assert ours - theirs - {"qsession"} <= {"traitlets", "platformdirs"}


def test_it_loads_no_view_and_nothing_that_only_a_notebook_needs(loaded: frozenset[str]) -> None:
    views = {
        "IPython",
        "anywidget",
        "ipywidgets",
        "qsession.dashboards",
        "qsession.magics",
        "qsession.render.charts",
        "qsession.widget",
    }
    assert loaded.isdisjoint(views)


def test_of_our_packages_it_loads_those_alone_that_run_a_job(loaded: frozenset[str]) -> None:
    assert {".".join(name.split(".")[:2]) for name in loaded if name.startswith("qsession.")} == {
        "qsession.circuits",
        "qsession.client_errors",
        "qsession.clock",
        "qsession.compat",
        "qsession.configuration",
        "qsession.engines",
        "qsession.errors",
        "qsession.forks",
        "qsession.ledger",
        "qsession.model",
        "qsession.printing",
        "qsession.redaction",
        "qsession.render",
        "qsession.session",
        "qsession.simulator",
        "qsession.threads",
    }


def test_it_loads_neither_the_other_engine_nor_what_sends_work_to_executors(
    loaded: frozenset[str],
) -> None:
    other = {
        "qsession.engines.ibm",
        "qsession.engines.local.workers.executor_runner",
    }
    assert loaded.isdisjoint(other)
