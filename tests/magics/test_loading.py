"""``%load_ext qsession`` is quick: what is heavy loads on first use."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from qsession.ledger.ledger import Ledger
from tests.ledger.told import FACTS, Telling
from tests.support.patience import PATIENCE_S

HEAVY = "('qiskit', 'qiskit_aer', 'qiskit_ibm_runtime', 'anywidget', 'ipywidgets', 'numpy')"


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    return done.stdout.strip()


def test_loading_the_extension_loads_neither_aer_nor_ibms_client(tmp_path):
    code = f"""
import os, sys
os.environ["IPYTHONDIR"] = {str(tmp_path)!r}
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
shell.run_line_magic("load_ext", "qsession")
assert shell.find_cell_magic("qsession") is not None
print(sorted(name for name in {HEAVY} if name in sys.modules and name not in before))
"""
    assert in_a_fresh_process(code) == "[]"


def test_listing_what_the_ledger_has_loads_neither_aer_nor_ibms_client(
    tmp_path: Path, ledger_home: Path
):
    ledger = Ledger(ledger_home / "ledger.sqlite3")
    for name in ("one", "other"):
        Telling(ledger, f"session-{name}", replace(FACTS, name=name)).submit(f"job of {name}")
    ledger.close()
    code = f"""
import os, sys
os.environ["IPYTHONDIR"] = os.environ["HOME"] = {str(tmp_path)!r}
os.environ.pop("QISKIT_IBM_TOKEN", None)
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "qsession")
print(shell.run_line_magic("qsession", "list"))
print(sorted(name for name in {HEAVY} if name in sys.modules and name != "numpy"))
print([name for name in sys.modules if "simulat" in name])
"""
    *table, heavy, simulators = in_a_fresh_process(code).splitlines()
    assert [line.split()[:2] for line in table[1:]] == [
        ["session-other", "other"], ["session-one", "one"],
    ]  # fmt: skip
    assert (heavy, simulators) == ("[]", "[]")


def test_importing_the_package_loads_neither_aer_nor_ibms_client():
    code = f"""
import sys
import qsession
assert "Session" in dir(qsession) and set(qsession.__all__) <= set(dir(qsession))
try:
    qsession.nothing
except AttributeError as error:
    assert "nothing" in str(error)
print(sorted(name for name in {HEAVY} if name in sys.modules))
"""
    assert in_a_fresh_process(code) == "[]"


def test_every_public_name_can_be_imported():
    import qsession

    for name in qsession.__all__:
        assert getattr(qsession, name).__name__ == name
