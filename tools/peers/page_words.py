"""The words of the page: every sentence whole, by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.peers.verdict import BEST

if TYPE_CHECKING:
    from tools.peers.verdict import Code, Verdict

CELLS: Final[dict[str, str]] = {
    "runs": "runs",
    "runs-posing": "runs, posing as another card",
    "runs-by-ptx": "compiled by the driver at the first start",
    "runs-on-some": "runs on {served} of {cards} cards",
    "as-many-as-any": "runs on {served} of {cards} cards, no build on more",
    "no-kernels": "no kernels for this card",
    "not-listed": "card not on the maker's list",
    "driver-too-old": "driver too old",
    "driver-too-old-for-card": "driver too old for the card",
    "driver-dropped-card": "driver no longer knows the card",
    "driver-missing": "needs a driver first",
    "cpu-on-gpu-machine": "CPU on a GPU machine",
    "cpu-as-it-must": "CPU, as it must be",
    "gpu-build-without-gpu": "GPU build without a GPU",
    "says-why": "no answer, says why",
    "says-no-needlessly": "no answer, though there is one",
    "fails": "fails",
    "not-judged": "not judged",
}

NOTES: Final[dict[Code, str]] = {
    "runs": "{who}: runs on {served} of {cards} cards.",
    "runs-posing": "{who}: no build has code for the card; it is made to pass for {arch} by "
    "`HSA_OVERRIDE_GFX_VERSION`, which its maker doesn't support but many use.",
    "runs-by-ptx": "{who}: holds only PTX for {card} ({arch}).",
    "runs-on-some": "{who}: runs on {served} of {cards} cards where one build can serve {most}; "
    "left out is {card} ({arch}).",
    "no-kernels": "{who}: no machine code for {card} ({arch}).",
    "not-listed": "{who}: {card} isn't on its maker's list for that build: nobody vouches for it.",
    "driver-too-old": "{who}: driver {has} is below {needs}, the floor of that CUDA.",
    "driver-too-old-for-card": "{who}: driver {has} doesn't know {card}, which needs branch "
    "{needs} or newer: no build runs here as it is.",
    "driver-dropped-card": "{who}: driver {has} no longer knows {card}; branch {needs} was the "
    "last that did.",
    "driver-missing": "{who}: runs once there is a driver, {needs} or newer; it isn't asked for.",
    "cpu-on-gpu-machine": "{who}: the GPU is left unused, without an error.",
    "cpu-as-it-must": "{who}: CPU, as it must be.",
    "gpu-build-without-gpu": "{who}: a GPU build, where nothing can use it.",
    "says-why": "{who}: no answer, says why.",
    "says-no-needlessly": "{who}: no answer, although a build would run.",
    "fails": "{who}: stops with an error: {said}",
    "not-judged": "{who}: outside the catalogue, so not judged; it may well work.",
}

CLASSES: Final = {
    "served": "every GPU used that one build can use",
    "right": "rightly on the CPU, or rightly no answer",
    "partly": "fewer GPUs used than one build could",
    "waits": "right build, but the driver is missing and nothing is said about it",
    "dead": "GPU build that doesn't run there",
    "cpu": "CPU although there is a GPU for it",
    "needless": "GPU build where no GPU can use it",
    "open": "not judged, or a card that isn't on its maker's list",
    "failed": "fails, or no answer though there is one",
}
"""The classes of verdicts that the page counts."""

_CLASS: Final[dict[Code, str]] = {
    "runs-on-some": "partly",
    "no-kernels": "dead",
    "not-listed": "open",
    "driver-too-old": "dead",
    "driver-too-old-for-card": "dead",
    "driver-dropped-card": "dead",
    "driver-missing": "waits",
    "cpu-on-gpu-machine": "cpu",
    "cpu-as-it-must": "right",
    "says-why": "right",
    "gpu-build-without-gpu": "needless",
    "not-judged": "open",
    "fails": "failed",
    "says-no-needlessly": "failed",
}


def as_many_as_any(verdict: Verdict) -> bool:
    """Tell whether some cards are left out because no build serves more."""
    return verdict.code == "runs-on-some" and verdict.good


def class_of(verdict: Verdict) -> str:
    """Name the class that a verdict is counted in."""
    if as_many_as_any(verdict) or (verdict.good and verdict.code in BEST):
        return "served"
    return _CLASS.get(verdict.code, "partly")


HEAD: Final = """\
# The same machines, other installers

What would each tool install on {count} machines when it is asked for `{framework}` and nothing
else? The peers are {versions}. Their own code was run on {date},
on machines that were made up for it; torchup's column is computed anew whenever this page is
checked. Every verdict is given by one function from the facts (architectures compiled into the
build, drivers that its CUDA needs, drivers that know the card), not by hand and not by the code
that chose.

This page is made by `python -m tools.compare_peers`; don't edit it.

## Counted
"""

TAIL: Final = """\
## How it was done, and what that is worth

- Nobody ran a kernel: a verdict says what the facts say about a choice. The facts are those of
  {checked}. A star marks a build of which they are inferred, not measured or documented.
- The index is a stand-in on the loopback address, made from torchup's own catalogue as of
  {facts} and reached through a proxy with its own certificate authority, because the peers have
  {base} written into their code. So *which build* a peer takes is
  solid; the exact *version* is as good as the catalogue. The wheels are empty, and nothing is
  downloaded.
- **uv** runs `uv pip compile --torch-backend=auto` behind a made `nvidia-smi`, a made
  `rocm_agent_enumerator` and made PCI devices, for the platform, the C library and the Python of
  the machine. It isn't the Windows or macOS program that runs, but the Linux one, asked for that
  platform.
- **torchruntime** gets the machine's `lspci` lines (on Windows the ids that PowerShell prints)
  through its own parser and its own table of PCI ids; the install command that it makes is then
  resolved with uv. It never asks for the driver. The variables that it sets before a program
  starts are counted in its favour.
- **light-the-torch** runs `ltt install --dry-run` with a made `nvidia-smi` and the platform tags
  of the machine. It compares versions as text, where 2.9.1 is newer than 2.15.0: that is its own
  choice, not the stand-in's.
- `runs` doesn't say how new the version is. `CPU, as it must be` means that no build of the
  catalogue has code for the card. Which of Intel's GPUs the xpu builds serve is written down with
  the machines. The peers were asked for the Python that is installed; torchup chooses one.
- The machines were chosen to be awkward, by torchup's authors: new cards with old drivers, old
  cards with new ones, cards of two ages. One recent card with a recent driver is no trouble to
  any tool, as the rows of such machines show.

## Run it again

    python -m tools.compare_peers --write    # run the peers (Linux with user namespaces, and PyPI)
    python -m tools.compare_peers --page     # only torchup's column and the verdicts
    python -m tools.compare_peers --check    # fail where the page is out of date; needs no network

The machines are in `tools/peers/machines.toml`, the peers' last answers in
`tools/peers/answers.json`.
"""
