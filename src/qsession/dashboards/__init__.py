"""All sessions in one view: `dashboard`."""

from __future__ import annotations

from qsession.dashboards.board import Dashboard, dashboard

__all__ = ["Dashboard", "dashboard"]
