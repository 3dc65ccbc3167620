"""Sources older than the tools that build them are built with tools of their time."""

from __future__ import annotations

from pathlib import Path

from msgspec import toml

from stubs.uvhost import Run, UvHost
from torchup.backends.uv_process import call
from torchup.host import Completed
from torchup.state.home import Home

OPTION = "--build-constraints"
LACKING = (
    "  Failed to build `albumentations==0.4.3`\n"
    '      File "<string>", line 6, in <module>\n'
    "      ModuleNotFoundError: No module named 'pkg_resources'\n"
)


class Building(UvHost):
    """A machine whose uv builds with the newest tools, unless it is told otherwise."""

    def __init__(self, said: str) -> None:
        super().__init__(self._build)
        self.held: list[str] = []
        self._said = said

    def _build(self, run: Run) -> Completed:
        if OPTION not in run.argv:
            return Completed(code=1, err=self._said)
        self.held.append(Path(run.argv[list(run.argv).index(OPTION) + 1]).read_text())
        return Completed(code=0)


def test_what_new_tools_lack_old_ones_have(tmp_path: Path) -> None:
    host = Building(LACKING)
    assert call(host, Home(tmp_path / "a home"), "pip", "compile", "r.txt").code == 0
    assert len(host.runs) == 2
    assert host.held == ["setuptools<82\n"]


def test_no_tools_have_what_nobody_knows(tmp_path: Path) -> None:
    host = Building("ModuleNotFoundError: No module named 'torch'\n")
    assert call(host, Home(tmp_path), "pip", "compile", "r.txt").code == 1
    assert len(host.runs) == 1


def test_only_what_builds_is_told(tmp_path: Path) -> None:
    host = Building(LACKING)
    assert call(host, Home(tmp_path), "venv", "x").code == 1
    assert len(host.runs) == 1


def test_a_full_disk_leaves_the_first_answer(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    host = Building(LACKING)
    assert call(host, Home(tmp_path), "pip", "sync", "l").code == 1
    assert len(host.runs) == 1


HINT = (
    "ModuleNotFoundError: No module named '{tool}'\n"
    "hint: This error likely indicates that `{package}@0.70` depends on `{tool}`, but doesn't "
    "declare it as a build dependency.\n"
)


class Undeclared(UvHost):
    """A machine whose uv builds once each package has the tools that it uses."""

    def __init__(self, config: Path, uses: dict[str, str]) -> None:
        super().__init__(self._build)
        self._config = config
        self._uses = uses

    def _build(self, _run: Run) -> Completed:
        told = toml.decode(self._config.read_text()).get("extra-build-dependencies", {})
        for package, tool in self._uses.items():
            if tool not in told.get(package, ()):
                return Completed(code=1, err=HINT.format(tool=tool, package=package))
        return Completed(code=0)


def test_tools_that_sources_use_and_do_not_name(tmp_path: Path) -> None:
    config = tmp_path / "uv.toml"
    config.write_text('no-build-package = ["torch"]\n[[index]]\nurl = "https://x.test"\n')
    host = Undeclared(config, {"chumpy": "pip", "pycocotools": "numpy"})
    done = call(host, Home(tmp_path), "pip", "sync", "l", "--config-file", str(config))
    assert (done.code, len(host.runs)) == (0, 3)
    told = toml.decode(config.read_text())
    assert told["no-build-package"] == ["torch"]
    assert told["index"] == [{"url": "https://x.test"}]


def test_the_framework_is_no_tool(tmp_path: Path) -> None:
    config = tmp_path / "uv.toml"
    config.write_text("")
    host = Undeclared(config, {"flash-attn": "torch"})
    assert call(host, Home(tmp_path), "pip", "sync", "l", "--config-file", str(config)).code == 1
    assert (len(host.runs), config.read_text()) == (1, "")
