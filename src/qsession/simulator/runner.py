"""Runs compiled circuits with angles, in one order of seeds: `Runner`."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from qsession.forks import ForkSafeLock
from qsession.simulator import aer_private as aer
from qsession.simulator.aer_sampling import STATE, may_draw_seeded
from qsession.simulator.branch_trial import branches_as_aer
from qsession.simulator.branching import branched, is_worth_it
from qsession.simulator.compiled import Compiled, Form
from qsession.simulator.drawing import LABEL, Distribution, has_few_outcomes, may_draw
from qsession.simulator.errors import FastPathError
from qsession.simulator.random import first_seed, seed_of
from qsession.simulator.runs import Output, Run, Settings

_SET_BY_RUN = ("noise_model", "shots", "seed_simulator", "memory", "parameter_binds")


@dataclass(frozen=True)
class _Way:
    """A run, together with the form and the method in which it is done.

    Attributes:
        run: The run.
        form: What Aer gets.
        method: How Aer would simulate it, if its shots are drawn here; None if nobody asks.
    """

    run: Run
    form: Form
    method: str | None = None


@dataclass
class _Batch:
    """Runs that Aer takes in one call."""

    form: Form
    first: int
    circuits: list[Any] = field(default_factory=list)
    parameters: list[list[Any]] = field(default_factory=list)
    ways: list[_Way] = field(default_factory=list)
    qubits: int = 0
    last: Form | None = None

    def takes(self, form: Form) -> bool:
        """Return True if a run in this form may join this batch."""
        same_noise = form.noise is self.form.noise or not (form.noise or self.form.noise)
        # Without angles Aer runs the kept circuit itself, which has but one seed.
        is_free = bool(form.places) or all(form.circuit is not each for each in self.circuits)
        own = self.form
        same_way = (form.method, form.is_light) == (own.method, own.is_light)
        same_way &= (form.drawing is None) == (own.drawing is None)
        return same_noise and is_free and same_way

    def add(self, way: _Way) -> None:
        """Take in a run."""
        form, run = way.form, way.run
        self.qubits = max(self.qubits, run.compiled.qubits)
        self.ways.append(way)
        if form is self.last and form.places:
            for entry, (_, number) in zip(self.parameters[-1], form.places, strict=True):
                entry[1].append(run.angles[number])
            return
        self.last = form
        self.circuits.append(form.circuit)
        self.parameters.append([(place, [run.angles[number]]) for place, number in form.places])


class Runner:
    """Hands circuits to Aer."""

    def __init__(self) -> None:
        # Aer lets no other thread run while it simulates: waiting here costs nothing.
        self._lock = ForkSafeLock()
        self._configured: list[tuple[dict[str, Any], bool, Any]] = []

    def run(self, runs: Sequence[Run], settings: Settings) -> Output:
        """Run circuits.

        Raises:
            FastPathError: If one of them failed.
        """
        first = first_seed(settings.seed, settings.options.get("seed_simulator"))
        metadata: dict[str, Any] = {}
        with self._lock:
            done = _branched(runs, settings, first)
            ways = {
                number: _way(run, settings, len(runs))
                for number, run in enumerate(runs)
                if number not in done
            }
            done |= _recalled(ways, settings, first)
            if done:
                # Options that Aer would refuse are refused, though nothing is left for it to run.
                self._config(settings.options, is_single=False)
            for batch in _batches(ways, done):
                output = self._run_batch(batch, settings, seed_of(first, batch.first))
                if len(output["results"]) != len(batch.ways):
                    raise FastPathError("the simulation gave another number of results")
                _finish(batch, settings, output["results"], first)
                done.update(enumerate(output["results"], batch.first))
                metadata = output.get("metadata", {})
        return Output([done[number] for number in range(len(runs))], metadata)

    def _run_batch(self, batch: _Batch, settings: Settings, seed: int) -> dict[str, Any]:
        form = batch.form
        config = self._config(settings.options, is_single=form.is_light)
        draws = form.drawing is not None
        config.shots = 1 if draws else settings.shots
        config.memory = settings.memory and not draws
        config.memory_slots = settings.clbits
        config.n_qubits = batch.qubits
        config.seed_simulator = seed
        config.method = form.method or settings.options.get("method") or "automatic"
        config.parameterizations = batch.parameters if any(batch.parameters) else []
        output = aer.execute(batch.circuits, form.noise, config)
        if any(result["metadata"].get("remapped_qubits") for result in output["results"]):
            # Aer cut it further while it ran: what is kept is no longer what was compiled.
            for way in batch.ways:
                way.run.compiled.forget_forms()
        return output

    def _config(self, options: Mapping[str, Any], *, is_single: bool) -> Any:
        own = {
            name: value
            for name, value in options.items()
            if value is not None and name not in _SET_BY_RUN
        }
        for kept, single, config in self._configured:
            if single is is_single and kept == own:
                return config
        changed = {**own, "runtime_parameter_bind_enable": False}
        if is_single:
            changed.setdefault("max_parallel_threads", 1)
        config = aer.configured(SimpleNamespace(**changed), 0, 0)
        self._configured = [(own, is_single, config), *self._configured[:7]]
        return config


def _finish(batch: _Batch, settings: Settings, results: list[dict[str, Any]], first: int) -> None:
    """Put a distribution to what is to be drawn, and remember how Aer simulated the rest."""
    for number, (way, result) in enumerate(zip(batch.ways, results, strict=False)):
        drawing = way.form.drawing
        if drawing is not None:
            probabilities = np.asarray(result["data"][LABEL], dtype=float)
            if way.form.known is not None:
                angles = tuple(_angles(way.form, way.run))
                way.form.known.put(angles, probabilities, len(probabilities))
            own = seed_of(first, batch.first + number)
            if settings.shots_alone:
                seed, method = own if settings.is_seeded else None, way.method
            else:  # a result names its seed, which gives these shots again
                seed, method = own, result["metadata"]["method"]
            result["distribution"] = Distribution(probabilities, drawing, seed, method)
        elif settings.shots_alone and settings.is_seeded and settings.leaves_method_to_aer:
            _note(way, settings, result["metadata"]["method"])


def _note(way: _Way, settings: Settings, method: str) -> None:
    """Remember how Aer simulated what may be done without it the next time."""
    compiled = way.run.compiled
    if compiled.has_distribution:
        compiled.methods.note(_angles(way.form, way.run), method)
    elif settings.may_branch:
        program = compiled.program(way.run.angles)
        if program is not None:
            compiled.methods.note(program.angles, method)


def _angles(form: Form, run: Run) -> list[float]:
    return [run.angles[number] for _, number in form.places]


def _way(run: Run, settings: Settings, runs: int) -> _Way:
    """As Aer would choose to simulate it; there are so many runs to do."""
    may_be_drawn = (
        settings.is_usual
        and may_draw(settings.options, settings.shots)
        and run.compiled.has_distribution
        and ((settings.shots_alone and not settings.is_seeded) or may_draw_seeded(runs))
    )
    way = None
    if may_be_drawn:
        way = _drawn(run, settings) if settings.shots_alone else _told(run, settings)
    return way or _Way(run, _form(run.compiled, settings))


def _drawn(run: Run, settings: Settings) -> _Way | None:
    """With nothing from Aer but the distribution; None if seeded shots depend on its method."""
    form = run.compiled.distribution()
    if form is None or not settings.is_seeded:  # it does not matter how it was made
        return None if form is None else _Way(run, form)
    method = _method_of(_angles(form, run), run, settings)
    return None if method is None else _Way(run, form, method)


def _told(run: Run, settings: Settings) -> _Way | None:
    """With the distribution beside what else Aer says; None if shots alone take no longer."""
    form = run.compiled.told()
    if form is None:
        return None
    # An outcome costs as much as a shot where Aer may take a stabilizer, and next to nothing else.
    is_shorter = (
        has_few_outcomes(run.compiled.qubits, settings.shots)
        or _method_of(_angles(form, run), run, settings) == STATE
    )
    return _Way(run, form) if is_shorter else None


def _method_of(angles: Sequence[float], run: Run, settings: Settings) -> str | None:
    """Return Aer's method for a run without noise; None if that is not known."""
    method = settings.options.get("method")
    if method in (None, "automatic"):
        return run.compiled.methods.of(angles)
    return str(method)


def _form(compiled: Compiled, settings: Settings) -> Form:
    options = settings.options
    method = options.get("method") or "automatic"
    is_density = method == "density_matrix" or (
        method == "automatic" and settings.shots > 2**compiled.qubits
    )
    form = compiled.superoperators() if is_density and settings.is_usual else None
    return form or compiled.described()


def _branched(runs: Sequence[Run], settings: Settings, first: int) -> dict[int, dict[str, Any]]:
    """The results of those that need not be simulated shot by shot, by their number."""
    done: dict[int, dict[str, Any]] = {}
    if not (settings.may_branch and aer.is_seed(first)):
        return done
    for number, run in enumerate(runs):
        program = run.compiled.program(run.angles)
        if program is None or not is_worth_it(program, settings.shots):
            continue
        seed, method = None, None
        if settings.is_seeded:
            seed = seed_of(first, number)
            method = _method_of(program.angles, run, settings)
            if method is None or not branches_as_aer():
                continue
        try:
            shots = branched(program, settings.shots, seed, method)
        except FastPathError:
            continue  # as Aer does it, then
        done[number] = {"distribution": shots}
    return done


def _recalled(
    ways: Mapping[int, _Way], settings: Settings, first: int
) -> dict[int, dict[str, Any]]:
    """The distributions that were computed before, by the numbers of their runs."""
    done: dict[int, dict[str, Any]] = {}
    for number, way in ways.items():
        form = way.form
        if form.drawing is None or form.known is None:
            continue
        seed = seed_of(first, number) if settings.is_seeded else None
        probabilities = form.known.get(tuple(_angles(form, way.run)))
        if probabilities is None or (seed is not None and not aer.is_seed(seed)):
            continue
        done[number] = {"distribution": Distribution(probabilities, form.drawing, seed, way.method)}
    return done


def _batches(ways: Mapping[int, _Way], done: Container[int]) -> list[_Batch]:
    batches: list[_Batch] = []
    for number, way in ways.items():
        if number in done:
            continue
        is_next = batches and batches[-1].first + len(batches[-1].ways) == number
        if not is_next or not batches[-1].takes(way.form):
            batches.append(_Batch(way.form, number))
        batches[-1].add(way)
    return batches
