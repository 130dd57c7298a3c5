"""How long tests wait: `PATIENCE_S`."""

from __future__ import annotations

PATIENCE_S = 120.0
"""How long a test waits for what must come, so that a failing one ends. It comes soon on a machine
that is idle, and on one that is busy it still comes: no test may fail by the clock."""
