"""What local sessions cost, beside IBM's local testing mode: `make benchmark-local`."""
