"""Why a unit of work is computed the long way: `FastPathError`."""

from __future__ import annotations


class FastPathError(Exception):
    """The work cannot be computed here exactly; Qiskit's own computation does it.

    The message says in words what is in the way. It reaches people as a count of reasons, so it
    names kinds of things and no values.
    """
