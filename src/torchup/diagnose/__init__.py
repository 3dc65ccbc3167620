"""Findings with remedies."""
