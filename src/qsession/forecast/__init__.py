"""Forecasts of the QPU time of work, before it is sent: IBM's formula, and what goes into it."""
