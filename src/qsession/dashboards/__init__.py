"""All sessions in one view: `dashboard`."""

from __future__ import annotations

from qsession.dashboards.dashboard import Dashboard, dashboard

__all__ = ["Dashboard", "dashboard"]
