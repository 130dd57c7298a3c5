"""Installs what `make wheel` built into new environments and uses it: ``make release-check``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

DIST = Path(__file__).parents[2] / "dist"

QUICKSTART = """
import sys
from pathlib import Path
from qiskit import QuantumCircuit
import qsession
from qsession import Session

bell = QuantumCircuit(2, name="bell")
bell.h(0)
bell.cx(0, 1)
bell.measure_all()

with Session("fake_manila", max_time="30m") as session:
    counts = session.run(bell, shots=2000).result()[0].data.meas.get_counts()

assert sum(counts.values()) == 2000, counts
assert counts["00"] + counts["11"] > 1500, counts
assert session.widget._esm.startswith("var ") or "export" in session.widget._esm
assert Path(sys.prefix, "etc/jupyter/jupyter_server_config.d/qsession.json").exists()
print(qsession.__version__, counts)
"""


def check(distribution: Path) -> None:
    """Install one distribution into an environment of its own, and run the quickstart there."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        _run(python, "-m", "pip", "install", "--quiet", str(distribution))
        _run(python, "-W", "ignore::DeprecationWarning", "-c", QUICKSTART, cwd=folder)
        _run(python, "-m", "pip", "check")


def _run(*command: str | Path, cwd: str | None = None) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=cwd)  # noqa: S603 - our own


def main() -> int:
    """Check every distribution in ``dist``."""
    distributions = sorted(DIST.glob("qsession-*.tar.gz")) + sorted(DIST.glob("qsession-*.whl"))
    if len(distributions) != 2:
        print(f"dist/ should hold one sdist and one wheel, not {distributions}", file=sys.stderr)
        return 1
    for distribution in distributions:
        print(f"{distribution.name}: installing it and running the quickstart", flush=True)
        check(distribution)
    return 0


if __name__ == "__main__":
    sys.exit(main())
