"""A page for people who would rather click: the same use cases and documents as ``--json``.

Nothing outside this room knows what the server is made of, and nothing here decides what fits.
"""
