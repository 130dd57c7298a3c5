"""Tests of README.md and docs/: the code that stands there runs."""
