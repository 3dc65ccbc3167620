"""A campaign of faults over every command that changes something.

``python -m chaos --runs 5000`` in the folder ``tests``; see ``docs/reliability.md``.
"""
