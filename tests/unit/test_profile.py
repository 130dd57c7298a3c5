"""No test may fail because a machine is slow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def test_examples_may_take_any_time_and_so_may_making_them():
    assert settings.default is not None
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
