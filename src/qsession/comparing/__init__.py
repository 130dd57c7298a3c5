"""Results beside each other: distances of distributions, differences of values, a reference."""

from __future__ import annotations

from qsession.comparing.comparison import Comparison
from qsession.comparing.jobs import compare_jobs
from qsession.comparing.parts import CountsComparison, ValuesComparison

__all__ = ["Comparison", "CountsComparison", "ValuesComparison", "compare_jobs"]
