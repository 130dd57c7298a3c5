"""Reads what came back from another process: `read_reply`."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsession.engines.local.running.carrying_out import Reply
    from qsession.engines.local.running.endings import Ending
    from qsession.engines.local.work import Outcome


class CannotSendError(Exception):
    """Work cannot go where it should; the message says why. Nothing has run."""


def read_reply(reply: Reply) -> Outcome:
    """The outcome of a unit that ran elsewhere; its warnings and log records are repeated here.

    Raises:
        CannotSendError: If it could not be unpacked there.
        BaseException: What the unit failed with.
    """
    if reply.ending is None:
        reason = reply.unreadable or f"it lacks {', '.join(reply.missing)}"
        raise CannotSendError(f"{reason}; what a notebook defines is not known elsewhere")
    ending: Ending = pickle.loads(reply.ending)  # noqa: S301 - from our own other half
    outcome, error = ending.told_here()
    if error is not None:
        raise error
    assert outcome is not None  # noqa: S101 - an ending has one of them
    return outcome
