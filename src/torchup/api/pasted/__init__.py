"""Machines made of what people paste: the output of other programs."""
