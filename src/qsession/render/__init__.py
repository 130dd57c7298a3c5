"""Sessions, jobs and results as text, HTML and files. Pure."""
