"""Jupyter: the folders that it looks into, and the files that make a kernel."""
