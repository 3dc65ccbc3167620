"""Mirrors: which there are, how they do, which are used, and telling that to other programs."""
