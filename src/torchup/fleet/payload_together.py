"""Started by torchrun on every host: adds up over all of them, and measures each pair.

The first host prints one JSON document.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from importlib import import_module
from typing import Any

LIMIT_S = 60
"""Seconds after which torch gives up; by itself it would wait for half an hour."""
MIB = 1 << 20
ROUNDS = 3


def main() -> None:
    """Meet, add up, measure."""
    torch: Any = import_module("torch")
    dist: Any = import_module("torch.distributed")
    size = int(sys.argv[1]) * MIB
    on_cards = torch.cuda.is_available() and dist.is_nccl_available()
    backend = "nccl" if on_cards else "gloo"
    dist.init_process_group(backend, timeout=timedelta(seconds=LIMIT_S))
    rank, world = dist.get_rank(), dist.get_world_size()
    device = torch.device("cuda", 0) if on_cards else torch.device("cpu")
    one = torch.full((4,), float(rank + 1), device=device)
    dist.all_reduce(one)
    right = bool((one == world * (world + 1) / 2).all().item())
    data = torch.ones(size // 4, device=device)
    took = _timed(lambda: dist.all_reduce(data), torch, on_cards=on_cards)
    found: dict[str, Any] = {
        "backend": backend,
        "world": world,
        "right": right,
        # What every host sends and receives: 2 (n - 1) / n of the data (NCCL's "bus bandwidth").
        "gb_s": size * 2 * (world - 1) / world / took / 1e9,
        "pairs": [],
    }
    for first in range(world):
        for second in range(first + 1, world):
            dist.barrier()
            took = _pair(dist, data, first, second, torch, on_cards=on_cards)
            found["pairs"].append([first, second, 2 * size / took / 1e9])
    dist.barrier()
    if rank == 0:
        sys.stdout.write(f"\n{json.dumps(found)}\n")
        sys.stdout.flush()
    dist.destroy_process_group()


def _pair(dist: Any, data: Any, first: int, second: int, torch: Any, *, on_cards: bool) -> float:  # noqa: ANN401 - torch is not here when this is checked
    """Seconds for the data to go from one host to the other and back; the first one measures."""
    rank = dist.get_rank()

    def there_and_back() -> None:
        if rank == first:
            dist.send(data, second)
            dist.recv(data, second)
        elif rank == second:
            dist.recv(data, first)
            dist.send(data, first)

    took = _timed(there_and_back, torch, on_cards=on_cards)
    # The first host of all prints, so it has to learn what another pair measured.
    told = torch.tensor([took if rank == first else 0.0], dtype=torch.float64)
    told = told.to(data.device) if on_cards else told
    dist.all_reduce(told)
    return float(told.item())


def _timed(work: Any, torch: Any, *, on_cards: bool) -> float:  # noqa: ANN401 - as above
    """Seconds of the best of some rounds, after one that isn't counted."""
    best = float("inf")
    for number in range(ROUNDS + 1):
        began = time.perf_counter()
        work()
        if on_cards:
            torch.cuda.synchronize()
        if number:
            best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    main()
