"""What is asked for while something goes wrong: every command that changes something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cli.world import MINOR

if TYPE_CHECKING:
    from collections.abc import Iterator

FACTS: Final = "torchup_facts-2999.1.2-py3-none-any.whl"
NO_VERIFY: Final = "--no-verify"
SPEC: Final = ("--cpu", "torch==2.13.0", "numpy", NO_VERIFY, "--yes")
BUNDLED: Final = ("torch==2.13.0", "six", "--cpu", "--no-companions", "--no-python", "--no-torchup")
FILES: Final = (
    ".bashrc",
    ".condarc",
    ".vscode/settings.json",
    ".idea/misc.xml",
    "xdg-config/JetBrains/PyCharm2025.1/options/jdk.table.xml",
    "xdg-data/jupyter/kernels/lost/kernel.json",
    ".torchup-env",
    "config/config.toml",
    "xdg-config/pip/pip.conf",
    "xdg-config/uv/uv.toml",
    "xdg-data/jupyter/kernels/old/kernel.json",
    "notes.txt",
    "pylock.a.toml",
    "lab.torchup",
    "foreign",
)
"""Files of the user's, and an environment of another tool, under the user's folder."""
_KERNELS: Final = tuple(f"xdg-data/jupyter/kernels/{one}/kernel.json" for one in ("old", "lost"))
_CHARM: Final = (".idea/misc.xml", "xdg-config/JetBrains/PyCharm2025.1/options/jdk.table.xml")
_MIRRORS: Final = (
    "config/config.toml",
    "xdg-config/pip/pip.conf",
    "xdg-config/uv/uv.toml",
    ".condarc",
)


class Command(NamedTuple):
    """A command, and what it may change.

    Attributes:
        words: the command line; what is in braces is what a world says.
        environments: whose environments it may change, by name.
        files: which of ``FILES`` it may change.
        often: how often it is drawn.
        settled: whether the home is named by a setting alone, and not by a variable.
        web: what a page's job is told instead; ``words`` then only name it.
    """

    words: tuple[str, ...]
    environments: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    often: int = 4
    settled: bool = False
    web: tuple[tuple[str, object], ...] = ()

    @property
    def name(self) -> str:
        """What it is called in tables: the command, with its action where it has one."""
        if self.web:
            return f"web: {self.words[1]}"
        return " ".join(self.words[: _DEPTHS.get(self.words[0], 1)])


_DEPTHS: Final = {
    **dict.fromkeys(("toolkit", "kernel", "ide", "mirror", "bundle", "facts", "fleet"), 2),
    "config": 3,
}


def _in(environment: str, *words: str, often: int = 4) -> Command:
    return Command(words, environments=frozenset({environment}), often=often)


def _to(files: tuple[str, ...], *words: str, often: int = 2) -> Command:
    return Command(words, files=frozenset(files), often=often)


def _commands() -> Iterator[Command]:
    yield _in("c", "create", "c", *SPEC, often=8)
    yield _in("", "create", "a", *SPEC, "six", often=1)
    yield _in("c", "create", "c", "--from", "lab.torchup", NO_VERIFY)
    yield _in("work", "start", "--from", "lab.torchup", "--yes", "--offline", often=2)
    yield _in("c", "create", "c", "--backend", "conda", "--channel", "{channel}", *SPEC)
    yield _in("a", "add", "-n", "a", "six", NO_VERIFY, often=6)
    yield _in("a", "remove", "-n", "a", "ipykernel", NO_VERIFY)
    yield _in("a", "upgrade", "-n", "a", "torch==2.14.1", NO_VERIFY)
    yield _in("q", "add", "-n", "q", "six", NO_VERIFY)
    yield _in("q", "remove", "-n", "q", "tabulate", NO_VERIFY)
    yield _in("a", "verify", "a", "--quick", often=2)
    yield _in("r", "repair", "r", NO_VERIFY, "--yes")
    yield _in("a", "toolkit", "add", "-n", "a", "--cuda", "13.0", NO_VERIFY)
    yield _in("t", "toolkit", "remove", "-n", "t", NO_VERIFY)
    yield _in("c", "clone", "a", "c")
    yield _in("c", "clone", "q", "c", often=2)
    yield Command(("rename", "a", "z"), environments=frozenset({"a", "z"}))
    yield _in("b", "delete", "b", "--yes")
    yield _in("q", "delete", "q", "--yes", often=2)
    yield _in("a", "move", "a", "--to", "elsewhere")
    yield _in("", "lock", "a", "-o", "pylock.new.toml", often=2)
    yield _to(("pylock.a.toml",), "lock", "a", "--row", "lab=cu126", "-o", "pylock.a.toml")
    yield _in("c", "sync", "pylock.a.toml", "-n", "c", NO_VERIFY, "--yes")
    yield _in("b", "sync", "pylock.a.toml", "-n", "b", NO_VERIFY, "--yes")
    yield _in("", "export", "a", "--format", "requirements", "-o", "new.txt", often=1)
    yield _in("", "bundle", "create", *BUNDLED, "-o", "new.torchup", often=3)
    yield _to(("lab.torchup",), "bundle", "update", "lab.torchup")
    yield _in("b", "undo", "{of-b}", "--yes")
    yield _to(_MIRRORS, "undo", "{mirror}", "--yes")
    yield _in("", "clean", "--all", "--yes")
    yield _to((".torchup-env", ".vscode/settings.json", *_CHARM), "use", "a")
    yield _to(("config/config.toml",), "use", "a", "--global", often=1)
    yield _in("b", "kernel", "add", "b", NO_VERIFY)
    yield _to(("xdg-data/jupyter/kernels/old/kernel.json",), "kernel", "delete", "old", "--yes")
    yield _to(_KERNELS, "kernel", "repair", "--yes")
    yield _to((".vscode/settings.json",), "ide", "vscode", "a", "--yes")
    yield _to(_CHARM, "ide", "pycharm", "a", "--yes")
    yield _to(_MIRRORS, "mirror", "use", "nju", "--write", "all", "--yes", "--offline", often=3)
    yield _to(_MIRRORS, "mirror", "reset", "--yes", often=3)
    yield _to((".bashrc",), "shell-init", "bash", "--install", "--yes")
    yield _to(("config/config.toml",), "config", "set", "lang", "zh_CN")
    yield Command(
        ("config", "set", "home", "{new-home}"),
        environments=frozenset("abqrt"),
        files=frozenset({"config/config.toml"}),
        settled=True,
    )
    yield _to((".condarc",), "config", "conda", "set", "channels", "conda-forge")
    yield _in("", "facts", "update", FACTS, "--offline", "--force", often=3)
    yield _to(("foreign",), "adopt", "foreign")
    yield _in(
        "",
        "fleet",
        "apply",
        "lab",
        *SPEC[:2],
        "--python",
        MINOR,
        "-i",
        "hosts.ini",
        "--yes",
        often=1,
    )
    order = {"name": "c", "requirements": ["torch==2.13.0"], "cpu": True}
    yield _job("create", "c", **order)
    yield _job("add", "a", name="a", requirements=["six"])
    yield _job("delete", "b", name="b")


def _job(command: str, environment: str, **order: object) -> Command:
    told = (("command", command), *order.items())
    return Command(("web", command), frozenset({environment}), often=1, web=told)


COMMANDS: Final = tuple(_commands())
OFTEN: Final = tuple(one.often for one in COMMANDS)
