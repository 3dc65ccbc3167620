"""Solving a choice for its files, with what the user asks for beside it."""
