"""Messages of ``explain``."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.explain.summary": "find the cause of an error, and the way out",
    "cli.explain.examples": 'examples:\n  python train.py 2>&1 | torchup explain\n  torchup explain build.log\n  torchup explain build.log --here\n  torchup explain error.txt --facts \'{{"os": "Windows 11", "gpu": "RTX 3060"}}\'\n  torchup explain --list wsl',
    "cli.option.log": "the log; - or nothing: standard input, or what you paste",
    "cli.option.log-machine": "a document of the machine that the log comes from (torchup probe --json)",
    "cli.option.log-facts": "what is known of that machine, as JSON: os, gpu, driver, cuda, torch, python, installer",
    "cli.option.log-here": "the log comes from this machine: look at it as well",
    "cli.option.causes": "show the causes that are known, or those that hold these words",
    "explain.paste": "Paste the error here, then press Ctrl-D (on Windows Ctrl-Z and Enter).",
    "explain.nothing": "Nothing in this text points to a fault of the environment.",
    "explain.why": "Why",
    "explain.check": "To check",
    "explain.or": "It may also be",
    "explain.also": "{title} ({sure}, {cause})",
    "explain.decides": "To be sure",
    "explain.how-to-tell": "torchup explain … --here looks at this machine; --facts takes what you know of another.",
    "explain.unreadable": "{path} can't be read: {why}.",
    "explain.unreadable.hint": "torchup explain FILE, or: COMMAND 2>&1 | torchup explain",
    "explain.facts": "--facts takes a JSON object, or a file of one: {why}",
    "explain.facts.hint": 'torchup explain error.txt --facts \'{{"os": "Windows 11", "gpu": "RTX 3060"}}\'',
    "explain.one-machine": "--here and --machine name two machines.",
    "explain.one-machine.hint": "Leave one of them out.",
    "question.nvidia": "Is there an NVIDIA card in that machine?",
    "question.no-nvidia": "Is there an NVIDIA card in that machine at all?",
    "question.container": "Did the program run in a container?",
    "question.wsl": "Did it run inside WSL?",
    "question.colab": "Did it run in Colab, Kaggle or another hosted notebook?",
    "question.scheduler": "Did it run as a job of a cluster?",
    "question.suspend": "Had the machine been asleep?",
    "question.notebook": "Did it run in a notebook that was open before the installation?",
    "question.alpine": "Is the system Alpine?",
    "question.macos": "Is it a Mac?",
    "question.python32": "Is it a 32-bit Python?",
    "question.cpu-build": "Does the version of torch end in +cpu?",
    "question.mig": "Is the card cut into MIG slices?",
    "question.qt": "Does the program import PyQt or PySide before torch?",
}
