"""Choosing: which stack belongs on a machine, why, and what it would fetch."""
