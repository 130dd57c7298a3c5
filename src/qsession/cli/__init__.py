"""The command ``qsession``: sessions seen and ended from a terminal, without a notebook."""

from __future__ import annotations

from qsession.cli.commands import main

__all__ = ["main"]
