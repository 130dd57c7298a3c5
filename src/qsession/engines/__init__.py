"""The engines, one for each kind of backend: they turn instructions into jobs and events.

Nothing is imported here: a worker process, which takes work from `engines.local`, needs no other
engine, and IBM's client takes it half a second to load.
"""
