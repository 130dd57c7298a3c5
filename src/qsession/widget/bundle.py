"""The built front end, which every widget of ours brings along."""

from __future__ import annotations

from pathlib import Path

from qsession.errors import QSessionError

_STATIC = Path(__file__).parent.parent / "static"
if not (_STATIC / "widget.js").exists():
    raise QSessionError(
        "The front end is not built, so a session cannot be shown. In a clone of the repository "
        "run 'make setup'; otherwise install qsession again."
    )

SCRIPT = _STATIC / "widget.js"
STYLES = _STATIC / "widget.css"
