"""Runs of circuits, their settings and their results: `Run`, `Settings` and `Output`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qsession.simulator import branch_costs
from qsession.simulator.drawing import may_draw
from qsession.simulator.options import are_usual

if TYPE_CHECKING:
    from qsession.simulator.compiled import Compiled


@dataclass(frozen=True)
class Run:
    """One circuit with one value for each of its angles."""

    compiled: Compiled
    angles: Sequence[float] = ()


@dataclass(frozen=True)
class Settings:
    """The settings with which circuits are run.

    Attributes:
        options: Those of the simulator, by name, as Aer knows them.
        shots: Shots of each circuit.
        clbits: The most classical bits that a circuit has.
        memory: Whether each shot is wanted, or counts alone.
        seed: The seed of the first circuit; None for the simulator's, or a new one.
        shots_alone: Whether nothing but the shots is wanted of what Aer says.
    """

    options: Mapping[str, Any]
    shots: int
    clbits: int
    memory: bool
    seed: int | None = None
    shots_alone: bool = False

    @cached_property
    def is_usual(self) -> bool:
        """True if no option but the method is set that the simulation depends on."""
        return are_usual(self.options)

    @property
    def may_branch(self) -> bool:
        """True if nothing but shots is wanted, so many that they may take less time here."""
        is_simple = self.shots_alone and self.is_usual and may_draw(self.options, self.shots)
        return is_simple and self.shots >= branch_costs.LEAST_SHOTS

    @property
    def leaves_method_to_aer(self) -> bool:
        """True if Aer chooses by the circuit alone, with nothing set that may limit its choice."""
        return self.is_usual and self.options.get("method") in (None, "automatic")

    @property
    def is_seeded(self) -> bool:
        """True if the shots are to be those of a seed."""
        return self.seed is not None or self.options.get("seed_simulator") is not None


@dataclass(frozen=True)
class Output:
    """The results of all runs, as Aer returns them.

    Attributes:
        results: Of each run, in their order; with a ``"distribution"`` where the shots are to be
            drawn from it: in place of all else, if nothing but shots is wanted.
        metadata: Of the last call of the simulator.
    """

    results: list[dict[str, Any]]
    metadata: dict[str, Any]
