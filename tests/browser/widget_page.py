"""Cells that tests of the widget run, and where to find its parts on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.notebook_page import NotebookPage

BELL = """
from qiskit import QuantumCircuit
from qsession import Session

bell = QuantumCircuit(2, name="bell")
bell.h(0)
bell.cx(0, 1)
bell.measure_all()
"""

GATED = (
    BELL
    + """
import threading
from qiskit_aer import AerSimulator

gate = threading.Event()

class GatedSimulator(AerSimulator):
    "Runs a circuit once the gate is open."

    def run(self, *args, **options):
        gate.wait(60)
        return super().run(*args, **options)

session = Session(GatedSimulator(), max_time="30m", name="gated")
session
"""
)
"""``session`` on a simulator whose runs wait for ``gate``."""


def widget(page: NotebookPage, index: int = 0) -> Locator:
    """The live view in a cell's output."""
    return page.output(index).locator(".qsession")


def rows(page: NotebookPage, index: int = 0) -> Locator:
    """The job rows of the live view in a cell's output."""
    return widget(page, index).locator("[data-job-id]")


def rows_that_are(page: NotebookPage, status: str, index: int = 0) -> Locator:
    """The job rows with a status."""
    return widget(page, index).locator(f"[data-job-id][data-status={status}]")
