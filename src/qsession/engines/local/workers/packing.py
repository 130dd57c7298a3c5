"""Packs a unit of work for another process, so that what is large travels once: `pack`.

A backend, and a noise model even more, is much larger than a circuit. Each is replaced by a token,
and sent only to a process that does not have it yet. The token of a backend stands for its content
at the time of packing: one that was changed in place travels again.
"""

from __future__ import annotations

import hashlib
import io
import sys
import threading
import uuid
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.circuits.pickling import CircuitPickler
from qsession.engines.local.workers.noise_pickling import pickled_noise
from qsession.forks import ForkSafeLock

if TYPE_CHECKING:
    from qsession.engines.local.work import Work


@dataclass(frozen=True)
class Parcel:
    """A packed unit of work.

    Attributes:
        work: The pickled work, with tokens in place of its parts.
        parts: The pickle of each part, by token; parts may refer to others.
    """

    work: bytes
    parts: Mapping[str, bytes]


def pack(work: Work) -> Parcel:
    """Pack a unit of work.

    Raises:
        Exception: Whatever pickle raises for what cannot be pickled.
    """
    parts: dict[str, bytes] = {}
    backend_pickle = _dumps(work.backend, parts)
    token = hashlib.blake2b(backend_pickle, digest_size=16).hexdigest()
    parts[token] = backend_pickle
    return Parcel(_dumps(work, parts, backend=(work.backend, token)), parts)


class _Packer(CircuitPickler):
    """A pickler that puts tokens in place of a backend and of noise models."""

    def __init__(
        self, file: io.BytesIO, parts: dict[str, bytes], backend: tuple[object, str] | None
    ) -> None:
        super().__init__(file)
        self._parts = parts
        self._backend = backend
        # Only if Aer is loaded can there be noise models.
        self._noise_model = getattr(sys.modules.get("qiskit_aer.noise"), "NoiseModel", None)

    def persistent_id(self, obj: Any) -> str | None:
        """The token of a part; None for what is pickled in place."""
        if self._backend is not None and obj is self._backend[0]:
            return self._backend[1]
        if self._noise_model is not None and type(obj) is self._noise_model:
            token, packed = _packed_noise.get(obj)
            self._parts[token] = packed
            return token
        return None


def _dumps(
    item: object, parts: dict[str, bytes], *, backend: tuple[object, str] | None = None
) -> bytes:
    file = io.BytesIO()
    _Packer(file, parts, backend).dump(item)
    return file.getvalue()


@dataclass(frozen=True)
class _PackedNoise:
    owner: weakref.ref[Any]
    leaves: list[object]
    token: str
    pickled: bytes


class _NoiseShelf:
    """Packed noise models: to pickle one of 127 qubits takes longer than most jobs.

    A noise model is known to be unchanged by the identity of everything that it holds; its errors
    are replaced, not edited, when it is changed.
    """

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._packed: dict[int, _PackedNoise] = {}

    def get(self, noise_model: Any) -> tuple[str, bytes]:
        """The token and the pickle of a noise model."""
        key, leaves = id(noise_model), list(_leaves(vars(noise_model)))
        with self._lock:
            packed = self._packed.get(key)
        if packed is None or not _are_same(packed.leaves, leaves):
            packed = _PackedNoise(
                weakref.ref(noise_model, lambda _: self._packed.pop(key, None)),
                leaves,
                uuid.uuid4().hex,
                pickled_noise(noise_model),
            )
            with self._lock:
                self._packed[key] = packed
        return packed.token, packed.pickled


def _are_same(before: list[object], after: list[object]) -> bool:
    plain = (str, int, float, bool, type(None))
    return len(before) == len(after) and all(
        old is new or (isinstance(old, plain) and old == new)
        for old, new in zip(before, after, strict=True)
    )


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(key)
            yield from _leaves(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


_packed_noise = _NoiseShelf()


MOST_TRIES = 8
"""Units that carry their parts for a process that lacks some; by then it may be gone."""


class KnownParts:
    """Tells which parts a unit has to carry, by what the processes said before.

    The executor chooses the process that runs a unit. After a process has said that it lacks a
    part, all units carry their parts until one of them has reached that process. It would not be
    enough to send only the refused unit again with its parts: an executor that uses its processes
    in turn would hand it to another process, and the first would go on lacking them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._lacking: dict[str, int] = {}

    def to_send(self, parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Those of a unit's parts that should go with it."""
        with self._lock:
            if not self._lacking:
                return {token: part for token, part in parts.items() if token not in self._known}
            tries = {process: left - 1 for process, left in self._lacking.items()}
            self._lacking = {process: left for process, left in tries.items() if left}
        return parts

    def lacked_by(self, process: str) -> None:
        """A process did not have all that a unit refers to."""
        with self._lock:
            self._lacking.setdefault(process, MOST_TRIES)

    def held_by(self, process: str, parts: Mapping[str, bytes]) -> None:
        """A process has these parts."""
        with self._lock:
            self._known.update(parts)
            self._lacking.pop(process, None)
