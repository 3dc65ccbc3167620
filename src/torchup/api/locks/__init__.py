"""Locks for several machines: written, chosen from, and environments brought to them."""
