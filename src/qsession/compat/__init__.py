"""Adapters to the programs around this package: IBM's client and Jupyter."""
