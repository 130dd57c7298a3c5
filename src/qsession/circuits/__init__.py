"""Circuits, PUBs and programs as people hand them in, checked and made to fit a backend."""
