"""Messages about what starts Python for people: the search path, shells, IDEs."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.which.summary": "which Python, pip and PyTorch a plain command would use here, and what comes before what",
    "cli.which.examples": "examples:\n  torchup which\n  torchup which jupyter uv\n  torchup which --json",
    "cli.option.which": "further programs to look for",
    "which.own": "environment {name}",
    "which.venv": "a virtual environment",
    "which.conda-base": "conda's base",
    "which.conda": "{name}",
    "which.shim": "a shim of {by}: it starts what {by} is set to",
    "which.store": "Windows' own link to its store",
    "which.tool": "your own programs",
    "which.system": "the system's",
    "which.other": "neither an environment's nor the system's",
    "which.none": "not on the search path",
    "which.behind": "behind it: {place}",
    "which.starts": "Python {python}   {path}",
    "which.not-started": "it doesn't start: {why}",
    "which.no-framework": "none: import {framework} would fail",
    "which.unseen": "Aliases and functions of this shell can't be seen from here: `type python` shows them (PowerShell: Get-Command python -All).",
    "path.hidden": "{file} in this folder is imported in place of {module}.",
    "path.hidden-rename": "rename it; delete the folder __pycache__ beside it too",
    "path.other-pip": "Plain pip installs into {pip}, and plain python looks into {python}: what is installed can't be imported.",
    "path.other-pip-way": "let the Python that is meant install",
    "path.user-site": "{framework} comes from your own packages (--user), which every conda environment and the system's Python share: {python}",
    "path.user-site-way": "remove it there; environments have their own",
    "path.pythonpath": "{framework} comes from {folder}, which PYTHONPATH names for every Python.",
    "path.pythonpath-way": "unset it, and remove it from the file that sets it",
    "path.not-entered": "{name} is active by its variable, but plain python is another one: {python}",
    "path.not-entered-way": "see what comes before it: an alias, a shim, or a line in a start-up file",
    "path.base": "Plain python is conda's base ({path}), which holds conda itself and is best left alone: {framework} belongs into an environment.",
    "path.base-way": "let conda no longer enter it in every new shell",
    "path.enter": "enter the environment that is meant",
    "path.wanted": "{name} counts in this folder for torchup, but plain python is another one: {python}",
}
