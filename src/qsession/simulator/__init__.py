"""Computes local work at the speed of Aer's own simulation, with the bits of IBM's local mode."""
