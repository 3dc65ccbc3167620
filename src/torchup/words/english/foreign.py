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
    "foreign.base": "{path} is the base that conda itself lives in; torchup doesn't delete it.",
    "foreign.base.hint": "To be rid of all of conda and its environments, use the uninstaller of Anaconda or Miniconda.",
    "foreign.other-home": "{path} was made by a torchup that has another home, and this one doesn't delete it.",
    "foreign.other-home.hint": "Name that home: torchup --home DIR delete NAME",
    "foreign.unasked": "{path} is not torchup's, and nobody can be asked here whether it may go.",
    "foreign.unasked.hint": "If it may: add --yes",
    "foreign.ask": "{path} is not torchup's, and what is in it can't be brought back. To delete it, type its name ({name}):",
    "foreign.calling": "The environment is conda's, so conda does it: {command}",
    "foreign.client-failed": "{command} did not succeed: {why}.",
    "foreign.client-failed.hint": "What conda says above, or with the same command in a terminal, tells why.",
    "foreign.client-left": "{command} ended well, and yet the environment {path} is still there.",
    "foreign.client-left.hint": "Close the programs that use it (terminals, notebooks, editors), then try again.",
    "foreign.still-listed": "Conda's list of environments still names {path}: its file can't be written.",
    "foreign.still-listed.hint": "Take the line out by hand: it is in .conda/environments.txt in your home folder.",
    "foreign.deleted": "{path} is gone",
    "foreign.unlisted": "{path} was gone already; conda's list doesn't name it any more.",
    "foreign.would-unlist": "{path} is gone; it would be taken out of conda's list. Nothing was changed.",
    "foreign.would-delete": "No conda is installed: torchup itself would delete {path}. Nothing was changed.",
    "foreign.would-call": "would call: {command}",
    "foreign.changed": "conda has changed {name}",
    "foreign.not-verified": "conda has changed {name}, and PyTorch doesn't compute in it as it should. conda can go back: conda list --revisions, then conda install --revision NUMBER, both with -p and the folder.",
    "foreign.no-spec": "conda can't be asked for {package}: it knows neither extras nor addresses nor conditions.",
    "foreign.no-spec.hint": "Name the package and, if need be, its version: pandas or pandas>=2",
    "cli.label.conda": "conda",
}
