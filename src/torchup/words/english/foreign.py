"""Environments that torchup neither made nor adopted."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.list-all": "list every environment of conda's and every virtual environment with PyTorch, too",
    "cli.state.elsewhere": "not torchup's",
    "cli.no-framework": "no PyTorch",
    "foreign.none-there": "There is no environment at {path}: it holds neither conda-meta nor pyvenv.cfg.",
    "foreign.none-there.hint": "See which ones there are: torchup list --all",
    "foreign.no-such-conda": "Conda has no environment that is called {name} here.",
    "foreign.no-such-conda.hint": "See which ones there are: torchup list --all",
    "foreign.several": "More than one environment of conda's is called {name}: {paths}",
    "foreign.several.hint": "Name it by its path: torchup show {first}",
    "foreign.no-framework": "There is no PyTorch in {path}, so there is nothing to compute with or to copy.",
    "foreign.no-framework.hint": "See what is in it: torchup packages -n {path}",
}
