"""Programs of libraries that not everybody has, each in the way of its own tutorials."""
