"""The IBM engine: sessions and batches of IBM Quantum, watched through its REST API."""
