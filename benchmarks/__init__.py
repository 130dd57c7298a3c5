"""Measurements that README quotes: `make benchmark`."""
