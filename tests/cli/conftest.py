from __future__ import annotations

from cli.fixtures import connected, faulty, shared_server, torchup, wheels

__all__ = ["connected", "faulty", "shared_server", "torchup", "wheels"]
