"""Differences that are no fault of ours, each with its reason: `DEVIATIONS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.comparing import NO_SHOT, Difference


@dataclass(frozen=True)
class Deviation:
    """A kind of difference that is known.

    Attributes:
        name: What people see in the statistics.
        why: Why it is not mended.
        is_it: Whether a difference of a program's source is of this kind.
    """

    name: str
    why: str
    is_it: Callable[[str, Difference], bool]


def _is_refused(words: str) -> Callable[[str, Difference], bool]:
    def is_it(_source: str, found: Difference) -> bool:
        return found.kind == "error" and "InvalidInputError" in found.ours and words in found.ours

    return is_it


def _is_said_later(source: str, found: Difference) -> bool:
    is_own_way = "sample(" in source or "estimate(" in source
    is_checked = "IBMInputValueError at submission" in found.theirs
    return is_own_way and found.kind == "error" and is_checked and "at result" in found.ours


def _is_of_noise_that_cannot_be_converted(_source: str, found: Difference) -> bool:
    return found.kind == "error" and "heevx" in found.theirs and found.ours == "a result"


def _is_without_shots(source: str, found: Difference) -> bool:
    if found.kind == "parts":
        return found.theirs.endswith(NO_SHOT)
    is_of_counts = found.kind == "error" and "No counts for experiment" in found.theirs
    return is_of_counts and found.ours == "a result" and "max_memory_mb" in source


def _is_of_nothing_to_sample(_source: str, found: Difference) -> bool:
    is_said = "gives neither shots nor counts" in found.ours
    return found.kind == "error" and is_said and "could not broadcast" in found.theirs


def _is_handed_over(_source: str, found: Difference) -> bool:
    is_not_fitted = found.theirs.startswith("TranspilerError at submission: 'Unable to translate")
    return found.kind == "error" and is_not_fitted and found.ours == "a result"


DEVIATIONS = (
    Deviation(
        "refused with the result",
        "session.run has no front end of IBM's, which checks its input at submission. Qiskit's own "
        "primitive refuses it where it runs.",
        _is_said_later,
    ),
    Deviation(
        "nothing is measured",
        "Without measurements a result has no counts. Aer gives one; a session says at submission "
        "what lacks.",
        _is_refused("measures nothing"),
    ),
    Deviation(
        "noise that Aer cannot convert",
        "Aer makes Kraus operators of all errors of a noise model, and gives up where LAPACK does. "
        "An error that nothing meets is left out here, or the density matrix takes it as it is.",
        _is_of_noise_that_cannot_be_converted,
    ),
    Deviation(
        "nothing to sample",
        "A simulator of states gives no counts. Qiskit's sampler fails where it puts them into an "
        "array; a session says what lacks, and what to call instead.",
        _is_of_nothing_to_sample,
    ),
    Deviation(
        "handed over as it is",
        "Qiskit cannot fit a circuit to what a simulator says of itself, whose run() takes it all "
        "the same: backend.run of a session tries that.",
        _is_handed_over,
    ),
    Deviation(
        "no shot is run",
        "Where states need more memory than max_memory_mb, Aer's extended stabilizer has room for "
        "no shot in parallel, runs none, and says that all went well. Circuits of one state have "
        "one thread here, and so their shots.",
        _is_without_shots,
    ),
)
"""What the fuzzer counts, and does not report."""


def deviation_of(source: str, found: Difference) -> Deviation | None:
    """The known deviation that a difference is of."""
    return next((each for each in DEVIATIONS if each.is_it(source, found)), None)
