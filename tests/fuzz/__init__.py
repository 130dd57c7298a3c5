"""Differential fuzzing of local sessions against IBM's local mode and Aer itself.

Programs are Python source, made from a seed. Each runs twice in a disposable process, once with
IBM's classes and Aer, once with ours, and what it observes is compared. One that gives a difference
is reduced and printed as a script. `python -m tests.fuzz --help` tells how to run it.
"""
