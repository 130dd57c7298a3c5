"""Keeps what ended jobs were given and what they gave, in bounded memory: `Shelf`."""

from __future__ import annotations

import io
import os
import pickle
import sys
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiskit import QuantumCircuit
from qiskit.primitives import (
    BitArray,
    DataBin,
    PrimitiveResult,
    PubResult,
    SamplerPubResult,
)
from qiskit.primitives.containers import BindingsArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.result import Result

from qsession.circuits.pickling import CircuitPickler
from qsession.engines.local.work import ExecutorWork
from qsession.forks import ForkSafeLock
from qsession.simulator.shots import CountedBitArray, CountedResult

if TYPE_CHECKING:
    from qsession.engines.local.work import Work

BUDGET_BYTES = 32 * 2**20
"""Of the jobs that ended last, some thousands of small ones; older ones are written to a file."""

_LEAVES = frozenset({bool, bytes, complex, float, int, str, type(None)})
_BYTES_PER_OPERATION = 400
_BYTES_PER_OBJECT = 64
_BYTES_PER_EXPERIMENT = 7000
"""The words of a simulator about a circuit, besides its data; as measured."""
_UNWEIGHABLE_BYTES = 2**20
_LONGEST_LOOK = 100
"""Items of a list that are weighed; the rest is taken to be like them."""

_PARTS: Mapping[type, Callable[[Any], list[object]]] = {
    BindingsArray: lambda values: list(values.data.values()),
    BitArray: lambda bits: [bits.array],
    CountedBitArray: lambda bits: [bits.array],
    DataBin: lambda data: list(data.values()),
    PrimitiveResult: lambda result: [*result, result.metadata],
    PubResult: lambda result: [result.data, result.metadata],
    SamplerPub: lambda pub: [pub.circuit, pub.parameter_values],
    SamplerPubResult: lambda result: [result.data, result.metadata],
}
"""The parts of what nearly all jobs hold: to find them takes longer than to weigh them."""


@dataclass(frozen=True)
class Kept:
    """An ended job: its work, and its result or its error. A cancelled one has neither."""

    work: Work
    result: object = None
    error: BaseException | None = None


class Shelf:
    """Ended jobs by id, the newest in memory and the others in a file without a name.

    The file has no name in any directory, so it is gone with this object or its process, however
    that ends. What cannot be pickled stays in memory. Safe to use from any thread.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._lock = ForkSafeLock()
        self._in_memory: OrderedDict[str, tuple[Kept, int]] = OrderedDict()
        self._memory_bytes = 0
        self._unwritable: dict[str, Kept] = {}
        self._places: dict[str, tuple[_NamelessFile, int, int]] = {}
        self._file: _NamelessFile | None = None
        self._backend: object = None

    def put(self, job_id: str, kept: Kept) -> None:
        """Keep a job; what has been here longest may move to the file."""
        weight = _weigh_kept(kept)
        with self._lock:
            self._backend = kept.work.backend
            self._in_memory[job_id] = kept, weight
            self._memory_bytes += weight
            while self._memory_bytes > self._budget_bytes:
                oldest, (moved, freed) = self._in_memory.popitem(last=False)
                self._memory_bytes -= freed
                self._write(oldest, moved)

    def get(self, job_id: str) -> Kept | None:
        """The job with this id, None if it was never kept."""
        with self._lock:
            if job_id in self._in_memory:
                return self._in_memory[job_id][0]
            if job_id in self._unwritable:
                return self._unwritable[job_id]
            return self._read(*self._places[job_id]) if job_id in self._places else None

    def begin_anew_in_child(self) -> None:
        """In a forked child: write to a file of its own; what is in the parent's can be read."""
        self._file = None

    @property
    def memory_bytes(self) -> int:
        """The bytes that results take in memory, by estimate."""
        return self._memory_bytes

    def _write(self, job_id: str, kept: Kept) -> None:
        try:
            buffer = io.BytesIO()
            _Pickler(buffer, self._backend).dump(kept)
            pickled = buffer.getvalue()
            if self._file is None:
                self._file = _NamelessFile()
            start = self._file.append(pickled)
        except Exception:  # noqa: BLE001 - whatever pickle meets, or a full disk
            self._unwritable[job_id] = kept
        else:
            self._places[job_id] = self._file, start, len(pickled)

    def _read(self, file: _NamelessFile, start: int, length: int) -> Kept:
        unpickler = _Unpickler(io.BytesIO(file.read(start, length)))
        unpickler.backend = self._backend
        kept: Kept = unpickler.load()
        return kept


class _NamelessFile:
    """A file that grows. A forked child may read it while the parent goes on.

    They share the position in it: so it is told with each access, and nothing is buffered.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with this object
        self._end = 0
        weakref.finalize(self, self._file.close)

    def append(self, content: bytes) -> int:
        """Add bytes; the position where they begin.

        Raises:
            OSError: If the disk is full; what has been written of them counts for nothing.
        """
        start, left = self._end, memoryview(content)
        while left:
            written = _write_at(self._file.fileno(), left, start + len(content) - len(left))
            left = left[written:]
        self._end += len(content)
        return start

    def read(self, start: int, length: int) -> bytes:
        """Bytes that were added."""
        content = b""
        while len(content) < length:
            more = _read_at(self._file.fileno(), length - len(content), start + len(content))
            if not more:
                raise EOFError
            content += more
        return content


if sys.platform != "win32":
    _write_at, _read_at = os.pwrite, os.pread
else:  # nothing forks there

    def _write_at(descriptor: int, content: memoryview, position: int) -> int:
        os.lseek(descriptor, position, os.SEEK_SET)
        return os.write(descriptor, content)

    def _read_at(descriptor: int, length: int, position: int) -> bytes:
        os.lseek(descriptor, position, os.SEEK_SET)
        return os.read(descriptor, length)


class _Pickler(CircuitPickler):
    """Leaves the backend out: every job of a session has the same."""

    def __init__(self, file: io.BytesIO, backend: object) -> None:
        super().__init__(file)
        self._backend = backend

    def persistent_id(self, obj: object) -> str | None:
        return "backend" if obj is self._backend else None


class _Unpickler(pickle.Unpickler):
    backend: object = None

    def persistent_load(self, _: Any) -> object:
        return self.backend


def _weigh_kept(kept: Kept) -> int:
    try:
        given = weigh(kept.work.inputs)
        if isinstance(kept.work, ExecutorWork):  # its circuits may be too deep in the program
            given = max(given, weigh(kept.work.circuits))
        return given + weigh(kept.result)
    except Exception:  # noqa: BLE001 - attributes of other people's classes may raise
        return _UNWEIGHABLE_BYTES


def weigh(item: Any, depth: int = 6) -> int:
    """About how many bytes an object holds."""
    kind = type(item)
    if depth == 0 or kind in _LEAVES:
        return sys.getsizeof(item)
    if isinstance(item, QuantumCircuit):
        return _BYTES_PER_OBJECT * 20 + _BYTES_PER_OPERATION * len(item.data)
    if kind is CountedResult or kind is Result:
        data = [vars(experiment.data) for experiment in item.results or ()]
        return _weigh_many(data, len(data), depth) + _BYTES_PER_EXPERIMENT * len(data)
    parts_of = _PARTS.get(kind)
    if parts_of is None:
        return _weigh_any(item, depth)
    parts = parts_of(item)
    return _weigh_many(parts, len(parts), depth)


def _weigh_any(item: Any, depth: int) -> int:
    if isinstance(array_bytes := getattr(item, "nbytes", None), int):
        return array_bytes + _BYTES_PER_OBJECT
    if isinstance(item, list | tuple | set | frozenset):
        return _weigh_many(list(item)[:_LONGEST_LOOK], len(item), depth)
    # For `Mapping` each class that is met for the first time is compared with all that it knows.
    if hasattr(type(item), "keys") and callable(values := getattr(item, "values", None)):
        inside = list(values())
        return _weigh_many(inside, len(inside), depth) + _BYTES_PER_OBJECT * len(inside)
    held = getattr(item, "__dict__", None) or {
        name: getattr(item, name, None) for name in getattr(type(item), "__slots__", ())
    }
    return _weigh_many(list(held.values()), len(held), depth)


def _weigh_many(items: list[object], count: int, depth: int) -> int:
    looked_at = items[:_LONGEST_LOOK]
    weight = 0
    for item in looked_at:  # most are leaves
        is_leaf = type(item) in _LEAVES
        weight += sys.getsizeof(item) if is_leaf else weigh(item, depth - 1)
    return _BYTES_PER_OBJECT + weight * count // max(len(looked_at), 1)
