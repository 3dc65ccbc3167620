"""torchup as a real process, in a home and with a configuration of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

DEAD: Final = "http://127.0.0.1:9"
"""Nothing listens on the discard port."""
TIMEOUT: Final = 60
_FOREIGN: Final = ("PIP_", "UV_", "TORCHUP_", "XDG_", "LC_", "PYENV", "CONDA", "PYTHON")
_ALSO: Final = {
    *("LANGUAGE", "VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR", "TERM"),
    *("CUDA_HOME", "CUDA_PATH"),
}


class Result(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str

    def document(self, schema: str) -> Any:  # noqa: ANN401  # documents differ
        """The one document on standard output."""
        found = msgspec.json.decode(self.out)
        assert found["schema"] == schema, self
        return found

    @property
    def error(self) -> dict[str, str]:
        """The error document."""
        found: dict[str, str] = self.document("torchup.error/v1")
        return found


class Torchup:
    """Runs torchup; nothing of this machine's configuration reaches it."""

    def __init__(self, root: Path, **variables: str) -> None:
        self.root = root
        self.home = root / "torchup"
        self.config = root / "config" / "config.toml"
        self.timeout = TIMEOUT
        self.env = clean_environment(root) | variables

    def __call__(
        self,
        *arguments: str,
        stdin: str | bytes = b"",
        **variables: str,
    ) -> Result:
        done = subprocess.run(
            self.argv(*arguments),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            check=False,
            env=self.env | variables,
            cwd=self.root,
            timeout=self.timeout,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in out + err, out + err
        assert '"cli.bug"' not in out, out
        return Result(done.returncode, out, err)

    def argv(self, *arguments: str) -> list[str]:
        """The command line of a run."""
        return [sys.executable, "-m", "torchup", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a run in a process group of its own."""
        return subprocess.Popen(
            self.argv(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env,
            cwd=self.root,
            start_new_session=True,
        )

    def left(self) -> list[str]:
        """What an unfinished change left in the home: environments, journals, trash, drafts."""
        found = [
            *self.home.glob("envs/*"),
            *self.home.glob("journal/*"),
            *self.home.glob("trash/*"),
            *self.home.glob("cache/work/*"),
        ]
        return sorted(str(path.relative_to(self.home)) for path in found)


def clean_environment(root: Path) -> dict[str, str]:
    """This process's variables without what would change torchup's answer."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) and name not in _ALSO
    }
    base = Path(sys.executable).resolve().parent
    return kept | {
        "HOME": str(root),
        "USERPROFILE": str(root),
        "XDG_CONFIG_HOME": str(root / "xdg-config"),
        "XDG_DATA_HOME": str(root / "xdg-data"),
        "XDG_CACHE_HOME": str(root / "xdg-cache"),
        "TORCHUP_HOME": str(root / "torchup"),
        "TORCHUP_CONFIG": str(root / "config" / "config.toml"),
        "TORCHUP_FRAMEWORK_INDEX": f"{DEAD}/whl",
        "UV_DEFAULT_INDEX": f"{DEAD}/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        # An index that can't be reached is tried again by uv for seconds.
        "UV_HTTP_RETRIES": "0",
        "UV_PYTHON_INSTALL_MIRROR": f"{DEAD}/pythons",
        "NO_PROXY": "127.0.0.1",
        "LANG": "C.UTF-8",
        "PATH": f"{base}{os.pathsep}{os.environ['PATH']}",
    }


def one_error(done: Result, code: int) -> str:
    """Check that a run ended with one worded error; return the error.

    Nothing else was printed, but for the machine that was looked at.
    """
    assert done.code == code, done
    printed = done.out.splitlines()
    assert not printed or (printed[0].startswith("Looking ") and not printed[1:]), done
    said = done.err.strip()
    assert said, "nothing was said"
    assert not re.search(r"\{\w*\}", said), f"a placeholder without its value: {said}"
    return said


CPU: Final = ("--cpu", "--quick", "torch==2.13.0")
"""The stack that most tests make."""


def has_next_step(said: str) -> bool:
    """An error ends with what to do, under its own label."""
    lines = said.splitlines()
    return len(lines) >= 2 and lines[-1].startswith("Next ")
