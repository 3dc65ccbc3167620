"""Benchmarks: torchup beside its peers, in pairs, as whole processes."""
