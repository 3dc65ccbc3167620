"""Bundles for hosts without a network: one copy into each site, spread from there."""
