"""Messages about healing what conda left broken."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.clean-conda": "also what an installed conda keeps and no environment uses: its archives, and unpacked packages",
    "clean.conda-archives": "conda's archives of packages that are unpacked, or were",
    "clean.conda-unused": "packages of conda's that no environment uses",
    "clean.conda-too": "conda keeps {size} that no environment uses: torchup clean --conda",
    "condas.corrupted": "Packages in conda's cache {path} are damaged ({count}): conda stops at them with CondaVerificationError.",
    "condas.damaged": "{name}: {file}",
    "condas.drop-damaged": "remove the damaged packages from {path}, and only these; they are fetched again when they are needed",
    "condas.linked-too": "environments share files with them: look whether these are whole",
    "condas.clobbered": "In {path} several packages claim the same files, and whichever came last is what lies there: {packages}.",
    "condas.files-changed": "In {path} files of these packages are missing or were changed: {packages}.",
    "condas.repair-own": "link these packages anew from the lock",
    "condas.reinstall": "let conda link them anew; where one was put there by pip over conda's, take that out with pip first",
    "condas.not-writable": "You may not write to conda's base {path}: conda install stops there with EnvironmentNotWritableError.",
    "condas.own-environment": "make an environment of your own, which needs no rights there",
    "condas.own-it": "it lies in your home: sudo was used there once; take it back",
    "condas.not-initialised": "No shell of yours knows conda in {path} yet: conda activate stops in {shell}. torchup activate works without.",
    "condas.initialise": "let conda write its lines for {shell}, then open a new terminal",
    "condas.system-disk": "New environments of conda's go to {path}, on the system's disk with {free} GiB left; {other} has more room.",
    "condas.elsewhere": "let new environments and packages go to {other}; what is there stays where it is",
    "condas.launchers": 'Programs in {path} start a Python that isn\'t there ({count}), as after a move: "bad interpreter", on Windows "Fatal error in launcher".',
    "condas.repoint": "let them start the Python in {path}",
    "condas.no-user-site": "set {variable} in the environments of conda's that they get into",
}
