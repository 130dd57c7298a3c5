"""The states, moves, jobs and times of a session. Pure: no I/O, no threads, no clock."""
