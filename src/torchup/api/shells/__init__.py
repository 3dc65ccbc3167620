"""Shells in an environment: one that is started, one that is taken there."""
