"""IBM Quantum's REST API on the loopback interface, for tests with IBM's own client.

`server` starts it, `conftest` has the fixtures, `faults` breaks it on purpose, and
`service_state` is the pretended service itself: pure, and stepped by the test.
"""
