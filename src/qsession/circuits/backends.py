"""Finds backends by name."""

from __future__ import annotations

import difflib
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2

from qsession.client_errors import BackendNotFoundError
from qsession.compat.ibm_service import default_account_exists, default_service
from qsession.errors import InvalidInputError
from qsession.redaction.errors import without_secrets

if TYPE_CHECKING:
    from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2

AER_SIMULATOR = "aer_simulator"


_WITHOUT_COUNTS = frozenset({"statevector_simulator", "unitary_simulator"})
"""Aer's older backends whose result is a state or an operator, measurements or not."""


_KNOWN = (
    "qiskit.providers.basic_provider.",
    "qiskit.providers.fake_provider.",
    "qiskit_aer.",
    "qiskit_ibm_runtime.",
)
"""Packages of backends of which it is known what their ``run`` does."""


def is_of_another_provider(backend: BackendV2) -> bool:
    """Return True if it is not known here what the ``run`` of this backend does."""
    return not any(base.__module__.startswith(_KNOWN) for base in type(backend).__mro__)


def gives_counts(backend: BackendV2) -> bool:
    """Return True if a circuit without measurement is known to have no result on this backend.

    Another provider's may give a state, or measure by itself: its ``run`` says so.
    """
    return backend.name not in _WITHOUT_COUNTS and not is_of_another_provider(backend)


def find_backend(backend: object) -> BackendV2:
    """The backend itself, or the local one with this name.

    Names are those of Aer (``"aer_simulator"``, ``"aer_simulator_statevector"``, …) and of IBM's
    fake backends (``"fake_manila"``, …). None is the Aer simulator.

    Raises:
        BackendNotFoundError: If no backend has this name.
        InvalidInputError: If it is neither a backend nor a name.
    """
    if backend is None:
        return _aer_backend(AER_SIMULATOR)
    if isinstance(backend, BackendV2):
        # A session backend stands for the one it wraps.
        wrapped = getattr(type(backend), "wrapped_backend", None)
        return backend if wrapped is None else backend.wrapped_backend
    if isinstance(backend, str):
        return _named(backend)
    raise InvalidInputError(
        f"{backend!r} is not a backend. Give a BackendV2 instance, such as AerSimulator(), or a "
        f'name, such as "{AER_SIMULATOR}" or "fake_manila".'
    )


def _named(name: str) -> BackendV2:
    fakes = _fake_backends()
    if name in fakes:
        return fakes[name]()
    aer_names = _aer_names()
    if name in aer_names:
        return _aer_backend(name)
    if default_account_exists():
        return _account_backend(name)
    close = difflib.get_close_matches(name, [AER_SIMULATOR, *fakes, *aer_names], n=3)
    hint = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
    if name[:1].isdigit():
        hint = ' A max_time is written like "2h 30m 40s" or given in seconds.'
    raise BackendNotFoundError(
        f"No local backend is called {name!r}.{hint} Names are those of Aer, such as "
        f"{AER_SIMULATOR!r}, and of IBM's fake backends, such as 'fake_manila'."
    )


def _account_backend(name: str) -> BackendV2:
    try:
        return default_service().backend(name)
    except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
        cause = without_secrets(error)
        raise BackendNotFoundError(
            f"No local backend is called {name!r}, and the default account has not given one "
            f"either: {cause}"
        ) from cause


@cache
def _fake_backends() -> dict[str, type[FakeBackendV2]]:
    # By class: IBM's provider would construct all of them.
    from qiskit_ibm_runtime import fake_provider  # noqa: PLC0415 - only when a name is looked up
    from qiskit_ibm_runtime.fake_provider.fake_backend import (  # noqa: PLC0415 - likewise
        FakeBackendV2,
    )

    classes: list[Any] = [item for item in vars(fake_provider).values() if isinstance(item, type)]
    return {
        cls.backend_name: cls
        for cls in classes
        if issubclass(cls, FakeBackendV2) and cls.backend_name
    }


@cache
def _aer_names() -> tuple[str, ...]:
    from qiskit_aer import AerProvider  # noqa: PLC0415 - Aer loads on first use

    with warnings.catch_warnings():
        # It makes one of each, and the oldest warn that they will be deprecated.
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return tuple(backend.name for backend in AerProvider().backends())


def _aer_backend(name: str) -> BackendV2:
    from qiskit_aer import AerProvider, AerSimulator  # noqa: PLC0415 - Aer loads on first use

    return AerSimulator() if name == AER_SIMULATOR else AerProvider().get_backend(name)
