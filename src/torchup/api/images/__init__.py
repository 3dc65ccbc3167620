"""Environments written down as container images."""
