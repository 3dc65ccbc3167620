"""Packages that are compiled against the framework: which one fits, and building it here."""
