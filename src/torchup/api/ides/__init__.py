"""Telling IDEs which interpreter to use for a folder, and finding out which one each would use."""
