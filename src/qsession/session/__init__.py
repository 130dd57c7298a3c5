"""The live sessions: `Session` and `Batch`."""

from __future__ import annotations

from qsession.session.batch import Batch
from qsession.session.session import Session

__all__ = ["Batch", "Session"]
