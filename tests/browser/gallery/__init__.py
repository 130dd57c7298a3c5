"""The view in every state, on pages that look like those of its hosts, without a kernel."""
