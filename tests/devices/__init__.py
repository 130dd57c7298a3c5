"""Devices: what is read of backends, and how it is shown."""
