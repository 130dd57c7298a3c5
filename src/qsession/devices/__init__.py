"""Devices: what backends say of their qubits, gates and times, and pictures of it."""

from __future__ import annotations

from qsession.devices.asking import DeviceReader, device
from qsession.devices.displayed import Device

__all__ = ["Device", "DeviceReader", "device"]
