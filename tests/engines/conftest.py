"""Fixtures that make local engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from qsession.testing import ManualClock
from tests.engines.bench import Bench
from tests.support.gated_backend import GatedBackend

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


@pytest.fixture
def make_bench(clock: ManualClock) -> Iterator[Callable[..., Bench]]:
    """Make engines on any backend."""
    made: list[Bench] = []

    def make(backend: BackendV2, **fields: Any) -> Bench:
        made.append(Bench(backend, fields.pop("clock", clock), **fields))
        return made[-1]

    yield make
    for each in made:
        each.engine.cancel("the test is over")


@pytest.fixture
def bench(gated: GatedBackend, make_bench: Callable[..., Bench]) -> Bench:
    """An engine whose jobs wait at a gate."""
    return make_bench(gated)
