"""The local engine: plays IBM's service for any backend that runs in this process."""
