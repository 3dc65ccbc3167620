"""What Python runs when it is given a bundle: torchup is installed from it, and takes over.

Standard library alone, and nothing newer than Python 3.8: it runs on whatever a machine has. The
Python that torchup itself gets is the bundle's own.

Long: a program of its own, in one file, since nothing of torchup is there yet.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20
_SYSTEMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
_ELSEWHERE = ("UV_PYTHON_INSTALL_MIRROR", "UV_PYTHON", "PYTHONHOME", "PYTHONPATH")
_WINDOWS = os.name == "nt"


class Stopped(Exception):  # noqa: N818  # it ends the program with a sentence
    """The end, with a sentence in each language and an exit status."""

    def __init__(self, english: str, chinese: str, status: int) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese
        self.status = status


def say(english: str, chinese: str, *, wrong: bool = False) -> None:
    """Say something in the user's language."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    spoken = next((os.environ[name] for name in names if os.environ.get(name)), "")
    stream = sys.stderr if wrong else sys.stdout
    text = chinese if spoken.startswith("zh") else english
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def platform_name() -> str:
    """Name this machine as the bundle does."""
    system = _SYSTEMS.get(platform.system(), "other")
    machine = platform.machine().lower()
    arch = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if arch == "aarch64" and system != "linux":
        arch = "arm64"
    return f"{system}-{arch}"


def home() -> Path:
    """Return torchup's folder, as torchup itself finds it."""
    named = os.environ.get("TORCHUP_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if _WINDOWS:
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "torchup"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "torchup"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "torchup"


def list_row(python: dict[str, Any], url: str, sha256: str) -> dict[str, Any]:
    """One row of the list of interpreters that uv reads, as ``uv_archives`` writes it."""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)(.*)$", python["version"])
    if numbers is None:
        raise ValueError(python["version"])
    variant = python.get("variant", "default")
    return {
        "name": "cpython",
        "arch": {"family": python["arch"], "variant": None},
        "os": python["os"],
        "libc": python["libc"],
        "major": int(numbers.group(1)),
        "minor": int(numbers.group(2)),
        "patch": int(numbers.group(3)),
        "prerelease": numbers.group(4),
        "url": url,
        "sha256": sha256,
        "variant": None if variant == "default" else variant,
        "build": None,
    }


class Installing:
    """torchup, from the opened bundle into its folder."""

    def __init__(self, archive: zipfile.ZipFile, index: dict[str, Any], work: Path) -> None:
        self._archive = archive
        self._index = index
        self._work = work
        self._files = {one["path"]: one for one in index["files"]}
        self._home = home()
        self._place = self._home / "tool"
        self._uv = work / f"uv{'.exe' if _WINDOWS else ''}"

    def install(self) -> Path:
        """Make torchup's own environment; return its program."""
        name = platform_name()
        tools: list[dict[str, Any]] = self._index["tools"]
        tool = next((one for one in tools if one["platform"] == name), None)
        if tool is None:
            there = ", ".join(one["platform"] for one in tools) or "-"
            raise Stopped(
                f"This bundle is for {there}; this machine is {name}.",
                f"这个离线包适用于 {there}；本机是 {name}。",
                1,
            )
        version = self._index["torchup"]
        say(f"Installing torchup {version} …", f"正在安装 torchup {version} ……")
        wheels = [self._take(path) for path in tool["wheels"]]
        self._take_uv(wheels)
        self._home.mkdir(parents=True, exist_ok=True)
        python = self._python(tool)
        place = str(self._place)
        self._run("venv", "--clear", "--python", python, place)
        how = ("pip", "install", "--no-index", "--no-deps", "--python", place)
        self._run(*how, *map(str, wheels))
        return self._place / ("Scripts/torchup.exe" if _WINDOWS else "bin/torchup")

    def _take(self, path: str) -> Path:
        """Write a file of the bundle, and see that it is what the index says."""
        target = self._work / path.rpartition("/")[2]
        digest = hashlib.sha256()
        with self._archive.open(path) as source, target.open("wb") as into:
            for block in iter(lambda: source.read(_BLOCK), b""):
                digest.update(block)
                into.write(block)
        if digest.hexdigest() != self._files[path]["sha256"]:
            raise Stopped(
                f"The bundle is damaged: {path} is not what it should be. Copy it once more.",
                f"离线包已损坏：{path} 不是应有的内容。请重新复制一次。",
                2,
            )
        return target

    def _take_uv(self, wheels: list[Path]) -> None:
        """Take uv's program out of its wheel."""
        wheel = next((one for one in wheels if one.name.startswith("uv-")), None)
        end = f"/scripts/{self._uv.name}"
        if wheel is not None:
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.namelist():
                    if member.endswith(end):
                        with archive.open(member) as source, self._uv.open("wb") as into:
                            shutil.copyfileobj(source, into)
                        self._uv.chmod(0o755)
                        return
        raise Stopped("The bundle holds no uv.", "离线包里没有 uv。", 2)

    def _python(self, tool: dict[str, Any]) -> str:
        """Install the interpreter that came along, or name what uv has to find."""
        key = tool.get("interpreter")
        if not key:
            return str(tool["python"])
        one = next(one for one in self._index["pythons"] if one["key"] == key)
        archive = self._take(one["path"])
        row = list_row(one, archive.as_uri(), self._files[one["path"]]["sha256"])
        listing = self._work / "pythons.json"
        listing.write_text(json.dumps({key: row}), encoding="utf-8")
        self._run("python", "install", "--no-bin", "--no-registry", key)
        folder = self._home / "pythons" / key
        return str(folder / ("python.exe" if _WINDOWS else f"bin/python{tool['python']}"))

    def _run(self, *words: str) -> None:
        """Run uv; its words are shown only where it fails."""
        environment = {
            **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
            "UV_OFFLINE": "1",
            "UV_NO_CONFIG": "1",
            "UV_CACHE_DIR": str(self._work / "cache"),
            "UV_PYTHON_INSTALL_DIR": str(self._home / "pythons"),
        }
        listing = self._work / "pythons.json"
        if listing.is_file():
            environment["UV_PYTHON_DOWNLOADS_JSON_URL"] = str(listing)
        done = subprocess.run(
            [str(self._uv), *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stdout.decode("utf-8", "replace"))
            raise Stopped("torchup could not be installed.", "无法安装 torchup。", 3)


def link(program: Path) -> None:
    """Let the user's shell find torchup."""
    folder = home() / "bin" if _WINDOWS else Path.home() / ".local" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    if _WINDOWS:
        # Windows' shell reads scripts in the system's old code page.
        (folder / "torchup.cmd").write_text(f'@"{program}" %*\n', encoding="oem")
    else:
        place = folder / "torchup"
        if place.is_symlink() or place.exists():
            place.unlink()
        place.symlink_to(program)
    if str(folder) not in os.environ.get("PATH", "").split(os.pathsep):
        say(
            f"So that torchup is found, add this folder to the search path (PATH):\n  {folder}",
            f"为了能找到 torchup，请把这个文件夹加到搜索路径（PATH）：\n  {folder}",
        )


def install(bundle: Path) -> Path:
    """Install torchup from a bundle; return its program."""
    work = Path(tempfile.mkdtemp(prefix="torchup-"))
    try:
        with zipfile.ZipFile(bundle) as archive:
            index = json.loads(archive.read("bundle.json").decode("utf-8"))
            return Installing(archive, index, work).install()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main() -> int:
    """Install, and start torchup with this bundle."""
    bundle = Path(sys.argv[0]).absolute()
    try:
        program = install(bundle)
        link(program)
    except Stopped as stopped:
        say(stopped.english, stopped.chinese, wrong=True)
        return stopped.status
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, StopIteration) as error:
        say(
            f"{bundle} is damaged ({error}). Copy it once more.",
            f"{bundle} 已损坏（{error}）。请重新复制一次。",
            wrong=True,
        )
        return 2
    except OSError as error:
        say(f"It could not be written: {error}", f"无法写入：{error}", wrong=True)
        return 3
    command = [str(program), "start", "--offline", "--from", str(bundle), *sys.argv[1:]]
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
