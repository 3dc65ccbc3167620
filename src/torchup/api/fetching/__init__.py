"""Fetching a lock's large files where the backend had better not do it itself."""

from torchup.api.fetching.fetcher import LockFetcher

__all__ = ["LockFetcher"]
