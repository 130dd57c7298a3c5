"""Reads the jobs of a session from the service, page by page: `JobPages`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qsession.compat.service_line import PAGE

if TYPE_CHECKING:
    from qsession.compat.service_line import Line
    from qsession.engines.journal import Journal

_MARGIN = 20
"""The number of jobs that other programs may submit between two looks at the newest ones."""


class JobPages:
    """Chooses the jobs to ask for: all of them once, then a page in which some may have moved."""

    def __init__(self, line: Line, journal: Journal) -> None:
        self._line = line
        self._journal = journal
        self.knows_all = False
        """True if every job that the service lists is in the journal."""
        self._unread = 0
        """The number of listed jobs that could not be read."""
        self._looks_at_newest = True

    def look(self, session_id: str, take: Callable[[list[dict[str, Any]]], None]) -> bool:
        """Ask for jobs, with one request once all are known.

        Args:
            session_id: The session.
            take: Takes them into the journal, oldest first.

        Returns:
            Whether the newest were among them, and the journal has all that there are.
        """
        if not self.knows_all:
            jobs = self._all(session_id)
            take(jobs)
            self._unread = max(len(jobs) - len(self._journal.state.jobs), 0)
            self.knows_all = True
            return True
        offset = self._next_page()
        page, count = self._line.jobs(session_id, offset=offset)
        take(page[::-1])
        if offset:
            return False
        # More than a page came since the last look, or jobs whose state is no known word.
        self.knows_all = count - len(self._journal.state.jobs) <= self._unread
        return self.knows_all

    def _all(self, session_id: str) -> list[dict[str, Any]]:
        pages: dict[str, dict[str, Any]] = {}
        while True:
            # Jobs that arrive meanwhile push others onto the next page: never off the list.
            jobs, count = self._line.jobs(session_id, offset=len(pages))
            found = {str(job.get("id")): job for job in jobs if str(job.get("id")) not in pages}
            pages.update(found)
            if not found or len(pages) >= count:
                break
        return list(pages.values())[::-1]

    def _next_page(self) -> int:
        """Return the offset of the page to look at, counted from the newest job.

        If more jobs wait than one page holds, the ones that move next are far from its beginning:
        they and the newest are looked at in turn.
        """
        self._looks_at_newest = not self._looks_at_newest
        with self._journal.lock:
            state = self._journal.state
            if self._looks_at_newest or len(state.jobs) <= PAGE or not state.pending:
                return 0
            records = enumerate(state.jobs.values())
            oldest = next(index for index, job in records if not job.status.is_final)
            newer = len(state.jobs) - 1 - oldest
        return max(newer - PAGE + _MARGIN, 0)
