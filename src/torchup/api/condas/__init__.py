"""Environments of conda's: changing torchup's own, and healing those that are there."""
