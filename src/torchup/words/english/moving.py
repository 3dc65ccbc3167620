"""Taking environments, or all of a home, to another place."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.move.summary": "take environments to another disk or folder",
    "cli.move.examples": "examples:\n  torchup move demo --to D:\n  torchup move demo course --to /mnt/big/envs\n  torchup move --all --to ~/envs --dry-run",
    "cli.option.names": "the environments",
    "cli.option.move-to": "a folder, or a disk (they get a folder torchup on it); the folder of torchup itself takes them home again",
    "cli.option.move-all": "all environments that torchup made",
    "cli.moved": "{name} lies at {target} now. It is used as before; a terminal in which it is active has to activate it anew.",
    "cli.move.there": "{name} lies at {target} already.",
    "cli.would-move": "{name} would be moved from {source} to {target}; nothing was done.",
    "cli.would-move-copied": "{name} would be copied from {source} to {target} ({size}) and then be removed from its old place; nothing was done.",
    "move.which": "Which environments are to be moved is not said.",
    "move.which.hint": "Name them (torchup move NAME --to PLACE), or say --all; not both.",
    "move.no-folder": "The place to move to is empty.",
    "move.no-folder.hint": "Name a disk or a folder: torchup move NAME --to /mnt/big",
    "move.inside": "Environments can't be moved to {path}: it lies inside an environment, or among the folders that torchup keeps for itself.",
    "move.inside.hint": "Choose a folder outside of them.",
    "move.in-use": "The environment {name} could not be moved: {why}. It is where it was.",
    "move.in-use.hint": "Close the programs that use it (terminals, notebooks, editors), then try again.",
    "move.no-room": "There is not enough room at {path}: {needed} MiB are to be copied there, and {free} MiB are free.",
    "move.no-room.hint": "Make room there, or choose another disk. Nothing was started.",
    "move.disk-full": "The disk became full: {path} could not be written ({why}). Everything is where it was.",
    "move.disk-full.hint": "Make room there, or choose another disk.",
    "move.refused": "{path} could not be written: {why}. Everything is where it was.",
    "move.refused.hint": "Choose a folder that you may write to.",
    "apply.move-finished": "torchup was stopped while {name} was moved. It lies at {path} now.",
    "apply.move-undone": "torchup was stopped while {name} was moved. It is where it was: {path}.",
    "apply.place-gone": "The environment {name} lies at {path}, and nothing is there: its disk is not connected, or the folder was deleted.",
    "apply.place-gone.hint": "Connect the disk. If the environment is gone for good: torchup delete {name}",
    "environment.place-gone": "Nothing is at {path}: its disk is not connected, or the folder was deleted.",
}
