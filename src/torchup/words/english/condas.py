"""Messages about healing what conda left broken."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.add-channel": "a further channel of conda's, for an environment of conda's (repeat it); it is asked after the others, and kept",
    "cli.option.clean-conda": "also what an installed conda keeps and no environment uses: its archives, and unpacked packages",
    "clean.conda-archives": "conda's archives of packages that are unpacked, or were",
    "clean.conda-unused": "packages of conda's that no environment uses",
    "clean.conda-too": "conda keeps {size} that no environment uses: torchup clean --conda",
    "change.base": "{name} is a base of conda's: conda itself changes it.",
    "change.base.hint": "torchup run {name} -- conda install PKG     or make an environment: torchup create NAME --backend conda",
    "conda.base-ready": "{name} is a bare base with the conda command, in {path}; its environments go to ~/.conda/envs.",
    "conda.base-fetching": "{size} in {count} files from {where} (what is kept already is not fetched again)",
    "conda.base-no-conda": "There is no conda for this machine in {channels}.",
    "conda.base-no-conda.hint": "Name a channel that has it: --channel conda-forge, or a mirror's address.",
    "conda.base-no-platform": "Conda's channels have nothing for {platform}.",
    "conda.base-no-platform.hint": "PyTorch needs no conda: torchup create NAME",
    "conda.base-not-starting": "The conda that was installed doesn't start, so the base was taken back: {why}",
    "conda.base-not-starting.hint": 'Try another version of it, such as "conda<25".',
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
}
