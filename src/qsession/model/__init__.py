"""What a session is: states, moves, jobs and times. Pure: no I/O, no threads, no clock."""
