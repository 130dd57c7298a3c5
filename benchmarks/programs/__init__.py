"""Programs that people run, each written once for either client: `make benchmark-programs`.

A program takes the class under test, `Session` or `Batch`, and a backend, and gives the values that
both clients must agree on. Circuits are built, transpiled and run in it, as in a tutorial.
"""
