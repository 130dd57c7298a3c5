"""Reads what the constructor of a session is given: `SessionArguments`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from numbers import Number
from typing import TYPE_CHECKING, Any, Self

from qsession.circuits.backends import find_backend
from qsession.circuits.checks import read_name
from qsession.configuration import read_price
from qsession.engines.base import RunningOptions
from qsession.engines.selection import engine_class_for
from qsession.errors import InvalidInputError, shown
from qsession.model.bill import Price
from qsession.model.durations import format_duration, parse_duration, read_max_time
from qsession.session.guards import Guards, read_max_cost

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.model.session_state import Mode


@dataclass(frozen=True)
class SessionArguments:
    """The description of a session to be made, checked.

    Attributes:
        mode: ``"session"`` or ``"batch"``.
        backend: The backend that it was given, or that has the name.
        max_time_s: Its ``max_time`` in seconds; None is the system's maximum.
        name: A word for people.
        guards: When it ends or goes on by itself.
        price: The price of a minute of its usage; None if none is set.
        running: Where the jobs of a local backend run.
    """

    mode: Mode
    backend: BackendV2
    max_time_s: int | None
    name: str | None
    guards: Guards
    price: Price | None
    running: RunningOptions

    @classmethod
    def read(  # noqa: PLR0913 - those of the constructor
        cls,
        mode: Mode,
        backend: object,
        max_time: object,
        *,
        name: object,
        idle_timeout: object,
        max_usage: object,
        max_cost: object,
        refuse_over_budget: object,
        price_per_minute: object,
        auto_renew: object,
        executor: object,
        parallel: object,
        memory_limit: object,
    ) -> Self:
        """Check what `Session` or `Batch` was given.

        Raises:
            InvalidMaxTimeError: If ``max_time`` is not a duration or out of bounds.
            InvalidInputError: If another argument cannot be used.
            BackendNotFoundError: If no backend has the name.
        """
        backend, max_time = split_backend_and_max_time(backend, max_time)
        found = find_backend(backend)
        longest_s = engine_class_for(found).longest_max_time_s
        is_priced = engine_class_for(found).outlives_process or max_cost is not None
        # What is set for all says nothing of backends that nobody pays for.
        price = read_price(price_per_minute) if is_priced or price_per_minute is not None else None
        guards = Guards.read(
            idle_timeout=idle_timeout,
            max_usage=max_usage,
            max_cost=max_cost,
            refuse_over_budget=refuse_over_budget,
            auto_renew=auto_renew,
            price=price,
        )
        return cls(
            mode,
            found,
            read_max_time(max_time, maximum_s=longest_s),
            read_name(name),
            guards,
            price,
            read_running(mode, executor=executor, parallel=parallel, memory_limit=memory_limit),
        )

    def differences(self, arguments: Mapping[str, Any]) -> list[str]:
        """Describe in words each argument of a constructor that differs from these.

        Raises:
            InvalidInputError: If it was given another backend, or something that cannot be used.
        """
        backend, _ = split_backend_and_max_time(arguments.get("backend"), arguments.get("max_time"))
        own = self.backend.name
        if backend not in (None, own) and find_backend(backend).name != own:
            raise InvalidInputError(
                f"The live session {self.name!r} runs on {own}. Choose another name, or close it "
                "with new=True."
            )
        differing = ["simulator"] if _is_set_otherwise(self.backend, backend) else []
        here = {"max_time": self.max_time_s, **self.guards.as_arguments()}
        longest_s = engine_class_for(self.backend).longest_max_time_s
        differing += differing_spans(arguments, here, longest_max_time_s=longest_s)
        own_cost, price = self.guards.max_cost, self.price
        if read_max_cost(arguments.get("max_cost"), price) not in (None, own_cost):
            differing.append(f"max_cost of {_cost_words(own_cost, price)}")
        return [*differing, *self._differing_settings(arguments)]

    def _differing_settings(self, arguments: Mapping[str, Any]) -> list[str]:
        """Those that are no spans and no money, as they would be given for what is here."""
        asked = read_running(
            self.mode,
            executor=arguments.get("executor"),
            parallel=arguments.get("parallel", self.running.parallel),
            memory_limit=arguments.get("memory_limit"),
        )
        told: dict[str, tuple[object, object]] = {
            "executor": (asked.executor, self.running.executor),
            "parallel": (asked.parallel, self.running.parallel),
            "memory_limit": (asked.memory_limit, self.running.memory_limit),
        }
        if arguments.get("price_per_minute") is not None:
            told["price_per_minute"] = read_price(arguments["price_per_minute"]), self.price
        for name in ("auto_renew", "refuse_over_budget"):
            told[name] = arguments.get(name), getattr(self.guards, name)
        return [
            f"{name}={_as_given(own)}"
            for name, (wanted, own) in told.items()
            if wanted is not None and wanted != own
        ]


def split_backend_and_max_time(backend: Any, max_time: Any) -> tuple[Any, Any]:
    """Read the first argument, which may be a ``max_time`` in a backend's place.

    Returns:
        The backend and the ``max_time``; None for one that was not given.

    Raises:
        InvalidInputError: If there are two ``max_time``.
    """
    is_max_time = isinstance(backend, Number | timedelta) or (
        isinstance(backend, str) and parse_duration(backend) is not None
    )
    if not is_max_time:
        return backend, max_time
    if max_time is not None:
        raise InvalidInputError(
            f"Two max_times were given: {backend!r} in the backend's place and "
            f"max_time={max_time!r}."
        )
    return None, backend


def differing_spans(
    arguments: Mapping[str, Any], here: Mapping[str, int | None], *, longest_max_time_s: int
) -> list[str]:
    """The spans of a session that a constructor was given otherwise, in words.

    Args:
        arguments: What it was given.
        here: The session's own: seconds, None for none, by the names of the arguments.
        longest_max_time_s: The bound of ``max_time`` on its backend.

    Raises:
        InvalidInputError: If something that was given cannot be used.
    """
    _, max_time = split_backend_and_max_time(arguments.get("backend"), arguments.get("max_time"))
    guards = Guards.read(
        idle_timeout=arguments.get("idle_timeout"),
        max_usage=arguments.get("max_usage"),
        refuse_over_budget=arguments.get("refuse_over_budget", False),
        auto_renew=arguments.get("auto_renew", False),
    )
    asked = {
        "max_time": read_max_time(max_time, maximum_s=longest_max_time_s),
        **guards.as_arguments(),
    }
    return [
        f"{name} of {_words(here[name])}"
        for name, value in asked.items()
        if value is not None and value != here[name]
    ]


def _is_set_otherwise(own: object, given: object) -> bool:
    """Return True if another object for a backend has other options, such as noise."""
    options = getattr(given, "options", None)
    if given is own or options is None:
        return False
    try:
        return bool(getattr(own, "options", None) != options)
    except Exception:  # noqa: BLE001 - of what others put there; then nobody can tell
        return False


def _as_given(value: object) -> str:
    if isinstance(value, Price):
        value = f"{value.per_minute:g} {value.currency}"
    return shown(value)


def _cost_words(cost: float | None, price: Price | None) -> str:
    return _words(None) if cost is None or price is None else price.words(cost)


def _words(value: int | None) -> str:
    return "no limit of its own" if value is None else format_duration(value)


LEAST_MEMORY_BYTES = 2**20
"""Less is surely a slip in the unit."""

MOST_MEMORY_BYTES = 2**60
"""No computer has as much."""

_PLATFORM: str = sys.platform
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGT]?i?B)")
_UNITS = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", 1)},
    "KB": 1000,
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)},
}


def read_running(
    mode: Mode, *, executor: object, parallel: object, memory_limit: object
) -> RunningOptions:
    """Check what a constructor was told.

    Raises:
        InvalidInputError: If the executor is none, a session is to run jobs in parallel, or the
            memory limit is no size or cannot be kept.
    """
    if executor is not None and not isinstance(executor, Executor):
        raise InvalidInputError(
            f"executor={shown(executor)} is not a concurrent.futures.Executor. Of a Dask client, "
            "give client.get_executor(pure=False)."
        )
    limit = read_memory_limit(memory_limit)
    if limit is not None and executor is not None:
        raise InvalidInputError(
            "memory_limit holds for the worker process of this session. Limit the processes of "
            "your executor where you make it."
        )
    return RunningOptions(executor, _read_parallel(mode, parallel), limit)


def read_memory_limit(limit: object) -> int | None:
    """A size in bytes from a number of bytes or a text such as ``"4GB"`` or ``"512 MiB"``.

    Raises:
        InvalidInputError: If it is not a size, out of bounds, or the system has no such limits.
    """
    if limit is None:
        return None
    size = limit
    if isinstance(limit, str) and (parts := _SIZE.fullmatch(limit.strip())):
        size = int(min(float(parts[1]) * _UNITS.get(parts[2], 0), 2 * MOST_MEMORY_BYTES))
    if (
        isinstance(size, bool)
        or not isinstance(size, int)
        or not LEAST_MEMORY_BYTES <= size <= MOST_MEMORY_BYTES
    ):
        raise InvalidInputError(
            f"memory_limit={shown(limit)} is not a size from 1 MiB to 1 EiB. Give bytes or a text "
            'such as "4GB".'
        )
    if _PLATFORM != "linux":
        raise InvalidInputError("memory_limit needs Linux: this system holds no process to one.")
    return size


def _read_parallel(mode: Mode, parallel: object) -> int:
    if isinstance(parallel, bool) or not isinstance(parallel, int) or parallel < 1:
        raise InvalidInputError(
            f"parallel={shown(parallel)} is not a number of jobs, such as parallel=2."
        )
    if parallel > 1 and mode != "batch":
        raise InvalidInputError(
            f"parallel={parallel}: a session runs its jobs one after the other, since each may "
            "depend on the one before. Use Batch(..., parallel=…) for jobs that do not."
        )
    return parallel
