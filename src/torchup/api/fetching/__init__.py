"""Fetching a lock's large files where the backend had better not do it itself."""
