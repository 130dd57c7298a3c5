"""IBM's formula for the usage of a job, and a forecast by it: `qpu_seconds`, `Forecast`. Pure.

IBM gives a baseline formula for an approximation of the usage of a job::

    <per sub-job overhead> + (rep_delay + <circuit length>) * <num executions>

The overhead is about 2 s. Without advanced error mitigation or a ``rep_delay`` of one's own,
``2 + 0.00035 * <num executions>`` is a quick formula for the same: it is the first one with a
``rep_delay`` of 250 µs, the default of most backends, and an allowance of 100 µs for the circuit
(IBM, "Workload usage", https://quantum.cloud.ibm.com/docs/en/guides/estimate-job-run-time, looked
up in November 2026). IBM does not publish into how many sub-jobs it splits a job: one is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUB_JOB_OVERHEAD_S: Final = 2.0
USUAL_REP_DELAY_S: Final = 250e-6
CIRCUIT_ALLOWANCE_S: Final = 100e-6


def qpu_seconds(
    executions: float,
    *,
    rep_delay_s: float = USUAL_REP_DELAY_S,
    circuit_s: float = CIRCUIT_ALLOWANCE_S,
    sub_jobs: int = 1,
) -> float:
    """IBM's formula; with its defaults the quick one.

    Args:
        executions: How often a circuit is run, all circuits and shots together.
        rep_delay_s: The pause after each execution, in seconds.
        circuit_s: The length of a circuit, on average over the executions, in seconds.
        sub_jobs: The number of parts in which the service runs the job.
    """
    return SUB_JOB_OVERHEAD_S * sub_jobs + (rep_delay_s + circuit_s) * executions


@dataclass(frozen=True, slots=True)
class Forecast:
    """About how much QPU time a job will use, and why. An estimate, by IBM's formula.

    Attributes:
        executions: How often a circuit is run, all circuits and shots together.
        rep_delay_s: The pause after each execution, in seconds.
        circuit_s: The length of a circuit, on average over the executions, in seconds; None if it
            is not known, as before a circuit is transpiled: then IBM's allowance of 100 µs counts.
        is_without_mitigation: True if executions for error mitigation and twirling, which the
            primitive adds when it prepares the job, are not among them.
    """

    executions: int
    rep_delay_s: float = USUAL_REP_DELAY_S
    circuit_s: float | None = None
    is_without_mitigation: bool = False

    @property
    def qpu_s(self) -> float:
        """Seconds of QPU time."""
        circuit_s = CIRCUIT_ALLOWANCE_S if self.circuit_s is None else self.circuit_s
        return qpu_seconds(self.executions, rep_delay_s=self.rep_delay_s, circuit_s=circuit_s)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Reasons why it is uncertain, beside those of IBM's formula."""
        told = {
            "circuits are not transpiled yet": self.circuit_s is None,
            "executions for error mitigation come on top": self.is_without_mitigation,
        }
        return tuple(words for words, holds in told.items() if holds)

    def __str__(self) -> str:
        """One line: ``about 3.1 s of QPU time (4,096 executions)``."""
        notes = "; ".join((f"{self.executions:,} executions", *self.remarks))
        return f"about {seconds_words(self.qpu_s)} of QPU time ({notes})"


def rescaled(qpu_s: float, *, shots: int, before: int) -> float:
    """The seconds of a forecast with another number of shots than it was made for."""
    return SUB_JOB_OVERHEAD_S + max(qpu_s - SUB_JOB_OVERHEAD_S, 0.0) * shots / before


def seconds_words(seconds: float) -> str:
    """An estimated span for people: tenths where they mean something, else whole units."""
    if seconds < 9.95:  # noqa: PLR2004 - ten, rounded
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {rest:02} s"
