"""Jupyter's kernels of environments: registered, listed, started to see, taken away, mended."""
