"""The bar that `Session.wait` shows: `JobsBar`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsession.model.states import JobStatus
from qsession.session.surroundings import in_kernel

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_FORMAT = "{desc}: {n_fmt}/{total_fmt}|{bar}| {elapsed}{postfix}"
_FINAL = tuple(status for status in JobStatus if status.is_final)


class JobsBar:
    """Counts the jobs that end: by tqdm in a terminal or a notebook, else in silence."""

    def __init__(self, title: str, counts: Mapping[JobStatus, int], *, is_wanted: bool) -> None:
        self._ended_before = _ended(counts)
        pending = sum(counts.values()) - self._ended_before
        # Nothing to wait for is nothing to show.
        self._bar = _tqdm(title, pending) if is_wanted and pending else None

    def show(self, counts: Mapping[JobStatus, int], note: str = "") -> None:
        """Show how many have ended, of all that were pending or came since."""
        if self._bar is None:
            return
        self._bar.total = sum(counts.values()) - self._ended_before
        self._bar.n = _ended(counts) - self._ended_before
        running, queued = counts[JobStatus.RUNNING], counts[JobStatus.QUEUED]
        words = [
            f"{running} running" if running else "",
            f"{queued} queued" if queued else "",
            note,
        ]
        self._bar.set_postfix_str(", ".join(filter(None, words)), refresh=False)
        self._bar.refresh()

    def __enter__(self) -> Self:
        """Leave the bar as it stands at the end of the block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Leave the bar where it is, and end its line."""
        if self._bar is not None:
            self._bar.close()


def _ended(counts: Mapping[JobStatus, int]) -> int:
    return sum(counts[status] for status in _FINAL)


def _tqdm(title: str, total: int) -> Any:
    """A bar for where this runs; tqdm itself is silent where no terminal shows it."""
    is_notebook = in_kernel()
    if is_notebook:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of being new, and where widgets are missing
            from tqdm.auto import tqdm  # noqa: PLC0415 - loads ipywidgets
    else:
        from tqdm import tqdm  # noqa: PLC0415 - only who waits needs it
    # In a notebook standard error is no terminal, and yet there is a place for a bar.
    return tqdm(
        desc=title,
        unit="job",
        total=total,
        disable=False if is_notebook else None,
        bar_format=_FORMAT,
        mininterval=0,
    )
