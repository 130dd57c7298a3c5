"""Where a unit of local work runs: in the kernel, in a worker process beside it, or elsewhere."""
