"""Machines: the one at hand, one that is described in words, one out of a file."""
