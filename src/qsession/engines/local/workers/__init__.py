"""The places where local work runs: the kernel, a worker process beside it, or an executor."""
