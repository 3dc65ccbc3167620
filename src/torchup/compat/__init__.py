"""The compatibility matrix: which build of which release runs on which card, driver and Python.

Rows come from the catalogue alone; the rules that judge them are those of
:mod:`torchup.resolve.constraints`. Everything here but :mod:`torchup.compat.publish` and
:mod:`torchup.compat.raster` is pure: values in, values and texts out.
"""

from __future__ import annotations
