from __future__ import annotations

from cli.fixtures import connected, faulty, own, shared_server, tmpfs, torchup, wheels

__all__ = ["connected", "faulty", "own", "shared_server", "tmpfs", "torchup", "wheels"]
