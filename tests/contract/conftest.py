"""Every test of this folder is a contract test, and IBM's deprecations are not ours to fix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qiskit_aer import AerSimulator

from qsession import Session

IGNORED = (
    # The legacy primitives warn when they are made; sessions must go on serving them.
    "ignore:The (Sampler|Estimator)V2 class is deprecated:DeprecationWarning",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.contract)
    for ignored in IGNORED:
        item.add_marker(pytest.mark.filterwarnings(ignored))


@pytest.fixture
def session() -> Iterator[Session]:
    """A session on a simulator without noise, which is quick."""
    with Session(AerSimulator()) as session:
        yield session
