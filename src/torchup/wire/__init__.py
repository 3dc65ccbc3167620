"""Versioned JSON in and out: the only public file format.

Documents are written by :mod:`torchup.wire.v1` and described by the JSON Schemas that
:func:`torchup.wire.schemas.schemas` derives from the same types.
"""
