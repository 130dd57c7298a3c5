"""Writes the record that the tests of later releases read: ``python -m tests.records.keep``.

Once for each schema: a file that is there stays as its release wrote it.
"""

from __future__ import annotations

from pathlib import Path

from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Session
from qsession.records.schema import SCHEMA
from tests.records.written import export
from tests.support.circuits import bell, flipped, rotation


class WarmFridge(FakeManilaV2):
    """A device on which ``backend.run`` fails when it is asked to."""

    is_warm = False

    def run(self, *args: object, **kwargs: object) -> object:
        """Run, or fail."""
        if self.is_warm:
            raise ValueError("the fridge is warm")
        return super().run(*args, **kwargs)


def main() -> None:
    """Write it."""
    path = Path(__file__).parent / "kept" / f"schema-{SCHEMA}.zip"
    if path.exists():
        raise SystemExit(f"{path} is there already, and is to stay as it is.")
    backend = WarmFridge()
    with Session(backend, max_time="1h", name="kept study") as session:
        seeds = {"simulator": {"seed_simulator": 7}}
        session.run(bell(), shots=50, options=seeds).result()
        session.run((rotation(), ["Z", "X"], [0.3]), precision=0.1).result()
        session.run_circuits([bell(), flipped()], shots=20, seed_simulator=7).result()
        backend.is_warm = True
        session.run_circuits(bell(), shots=20).wait_for_final_state()
    print(export(session, path))  # noqa: T201 - said to whoever runs it


if __name__ == "__main__":
    main()
