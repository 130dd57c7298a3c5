"""Takes secrets out of what comes from outside: texts, errors and their causes, log records."""
