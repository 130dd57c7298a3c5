"""Progress, for people or for a program: `shown_progress`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from qsession.compat.jupyter import in_kernel
from qsession.errors import InvalidInputError, shown

Progress = Callable[[int, int], object]
"""Called with how many are done, and how many there are."""


@contextmanager
def shown_progress(wanted: object, total: int) -> Iterator[Progress]:
    """The function to call as things are done: a bar, what the caller gave, or nothing.

    Raises:
        InvalidInputError: If it is neither a function nor True nor False.
    """
    if callable(wanted):
        yield wanted
        return
    if not isinstance(wanted, bool):
        raise InvalidInputError(
            f"progress={shown(wanted)} is neither True nor False, nor a function of the number of "
            "jobs that are done and the number of all."
        )
    if not wanted or not total:
        yield lambda _done, _total: None
        return
    bar = _bar(total)
    try:
        yield lambda done, _total: bar.update(done - bar.n)
    finally:
        bar.close()


def _bar(total: int) -> Any:
    """A bar in a notebook or a terminal; elsewhere tqdm is silent."""
    is_notebook = in_kernel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of being new, and where widgets are missing
        if is_notebook:
            from tqdm.auto import tqdm  # noqa: PLC0415 - loads ipywidgets
        else:
            from tqdm import tqdm  # noqa: PLC0415 - only who exports needs it
    disabled = False if is_notebook else None
    return tqdm(desc="Exporting", unit="job", total=total, disable=disabled)
