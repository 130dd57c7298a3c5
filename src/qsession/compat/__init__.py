"""What this package knows of the programs around it: IBM's client and Jupyter."""
