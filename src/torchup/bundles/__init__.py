"""Bundles: everything that another machine needs, in one file (a zip, nothing compressed)."""
