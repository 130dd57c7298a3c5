"""Settings of the unit tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine may take any time for an example.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")
