"""The catalogue, read-only."""
