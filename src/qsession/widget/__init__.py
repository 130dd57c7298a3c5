"""The live view of a session in a notebook."""

from __future__ import annotations

from qsession.widget.views import SessionViews
from qsession.widget.widget import SessionWidget

__all__ = ["SessionViews", "SessionWidget"]
