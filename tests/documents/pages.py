"""The code of a document, and a fresh IPython that runs it in what the page takes for granted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.cloud.account import default_account, environment
from tests.cloud.process import ServerProcess

REPOSITORY = Path(__file__).parents[2]
BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

CIRCUIT = """
from qiskit import QuantumCircuit
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
"""

RUNNER = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell).raise_error()
"""


class Page(NamedTuple):
    """A document with code.

    Attributes:
        path: Where it is, from the top of the repository.
        given: Code for the names that the page takes for granted.
        needs_account: Whether it is about IBM Quantum.
        replaced: What stands there for something that tests have not, and what they have.
        is_read_alone: Whether each block is run by itself, not after those before it.
        needs: Packages without which it cannot run.
    """

    path: str
    given: str = CIRCUIT
    needs_account: bool = False
    replaced: tuple[tuple[str, str], ...] = ()
    is_read_alone: bool = False
    needs: tuple[str, ...] = ()

    def blocks(self) -> list[str]:
        """The Python that stands there, and lines that are for IPython."""
        text = (REPOSITORY / self.path).read_text("utf-8")
        for old, new in self.replaced:
            assert old in text, f"{self.path} has no {old!r} any more"
            text = text.replace(old, new)
        found = BLOCK.findall(text)
        return [code for language, code in found if language == "python" or code.startswith("%")]


def run(cells: list[str], *, has_account: bool, folder: Path) -> str:
    """Run cells in a fresh process; what it printed.

    Raises:
        AssertionError: If one fails; it says how.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QISKIT_")}
    with ExitStack() as stack:
        if has_account:
            server = stack.enter_context(ServerProcess("--job-seconds", "0.2"))
            kept |= {**environment(server), **default_account(server)}
        ended = subprocess.run(  # noqa: S603 - this Python
            [sys.executable, "-c", RUNNER],
            input=json.dumps(cells),
            capture_output=True,
            text=True,
            env={**kept, "PYTHONPATH": str(REPOSITORY)},
            cwd=folder,
            timeout=120,
            check=False,
        )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout
