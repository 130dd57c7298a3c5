"""Our sessions and backends, as a program runs on them: `Ours`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

import qsession
from qsession.circuits import transpile as transpiling
from tests.fuzz.fits import key_of_fit
from tests.fuzz.sides import Side, outcome_of


class Ours(Side):
    """Sessions of ours, and backends that are wrapped."""

    name = "ours"

    def __init__(self, like: Side | None = None) -> None:
        super().__init__(like)
        self._sessions: list[Any] = []
        self._wrapped: list[tuple[Any, Any]] = []

    def open_session(self, backend: Any) -> Any:
        self._sessions.append(qsession.Session(backend))
        return self._sessions[-1]

    def on(self, backend: Any) -> Any:
        for own, wrapped in self._wrapped:
            if own is backend:
                return wrapped
        self._wrapped.append((backend, qsession.get_backend(backend)))
        return self._wrapped[-1][1]

    def run_circuits(self, session: Any, circuits: Any, **options: Any) -> Any:
        return session.run_circuits(circuits, **options)

    def sample(
        self, session: Any, pubs: Any, *, shots: int | None = None, options: Any = None
    ) -> Any:
        return session.run(pubs, shots=shots, options=options)

    def estimate(
        self, session: Any, pubs: Any, *, precision: float | None = None, options: Any = None
    ) -> Any:
        return session.run(pubs, precision=precision, options=options)

    def together(self, *calls: Callable[[], Any]) -> None:
        with ThreadPoolExecutor(len(calls)) as threads:
            jobs = [threads.submit(self.submit, call) for call in calls]
            ended = [threads.submit(outcome_of, job.result()) for job in jobs]
            self.observations.extend(each.result() for each in ended)

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    @staticmethod
    def start_worker() -> Any:
        """A session that keeps a worker process at hand for the others, until it is closed."""
        session = qsession.Session(AerSimulator(method="matrix_product_state"))
        circuit = QuantumCircuit(1)
        circuit.measure_all()
        session.run(circuit).result()
        return session

    @contextmanager
    def running(self) -> Iterator[None]:
        transpile = transpiling._Fits.transpile

        def transpile_alike(fits: Any, circuit: Any, level: int) -> Any:
            known = self.fits.get(key_of_fit(circuit, fits.target))
            return transpile(fits, circuit, level) if known is None else known.copy()

        with patch.object(transpiling._Fits, "transpile", transpile_alike), super().running():
            yield

    def ways(self) -> Counter[str]:
        """How often each way of computing was taken."""
        counted: Counter[str] = Counter()
        engines = [wrapped._jobs_alone for _, wrapped in self._wrapped if wrapped._jobs_alone]
        for each in [*self._sessions, *engines]:
            counts = each.simulation_counts
            counted["fast"] += counts.fast
            counted.update(counts.reasons)
        return counted
