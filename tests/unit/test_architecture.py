"""ARCHITECTURE.md is true: its map has every part, its files are met in its order."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ARCHITECTURE = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
PACKAGE = REPOSITORY / "src" / "qsession"

BUILT = {"static"}
"""What the build puts into the package."""

ONE_RUN = """
import sys, threading
from qiskit import QuantumCircuit
from qsession import Session

root, seen = sys.argv[1], {}

def note(frame, event, _):
    path = frame.f_code.co_filename
    # What runs only because a module is imported is on nobody's way.
    if event == "call" and path.startswith(root) and frame.f_code.co_name != "<module>":
        seen.setdefault(path.removeprefix(root))

circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
with Session("fake_manila") as session:
    threading.setprofile(note)
    sys.setprofile(note)
    session.run(circuit, shots=100).result()
    sys.setprofile(None)
print(*seen, sep="\\n")
"""


def test_the_map_has_each_part_of_the_package_once() -> None:
    rows = [line.split("|")[2] for line in ARCHITECTURE.splitlines() if line.startswith("| ")]
    named = [name.partition("/")[0] for row in rows for name in re.findall(r"`([\w/.*]+)`", row)]
    parts = {
        path.name
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or path.is_dir()) and not path.name.startswith("__pycache__")
    }
    assert sorted(parts - BUILT - set(named)) == []
    whole = [name for row in rows for name in re.findall(r"`(\w+/|\w+\.py)`", row)]
    assert sorted({name for name in whole if whole.count(name) > 1}) == []


def test_no_paragraph_stands_there_twice() -> None:
    paragraphs = [line for line in ARCHITECTURE.splitlines() if len(line) > 60]
    beginnings = [paragraph[:50] for paragraph in paragraphs]
    assert sorted({each for each in beginnings if beginnings.count(each) > 1}) == []


def test_the_files_to_read_along_are_met_in_their_order() -> None:
    [listed] = re.findall(r"open these files in this order: (.*?)\. ", ARCHITECTURE)
    files = re.findall(r"`([\w/]+\.py)`", listed)
    finished = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", ONE_RUN, f"{PACKAGE}/"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    met = finished.stdout.splitlines()
    assert [file for file in met if file in files] == files
