"""What is looked at in environments and files after something went wrong."""

from __future__ import annotations

import json
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from chaos.commands import Command
    from chaos.world import World

_PATIENCE_S = 60


def listed(world: World, *, settled: bool) -> Generator[str, None, list[dict[str, Any]]]:
    """Ask for the list, which is also what brings to an end what was killed.

    Returns what was listed, after it has said what doesn't hold.
    """
    env = {k: v for k, v in world.env.items() if not (settled and k == "TORCHUP_HOME")}
    try:
        done = subprocess.run(
            world.torchup.argv("list", "--json"),
            env=env,
            cwd=world.root,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        yield "list did not end"
        return []
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode or "Traceback" in said:
        yield f"list: {done.returncode} {said[-600:]}{done.stdout[-600:]!r}"
        return []
    found: list[dict[str, Any]] = json.loads(done.stdout)["environments"]
    return found


def unsound(world: World, told: list[dict[str, Any]], commands: Iterable[Command]) -> Iterator[str]:
    """Say which environments aren't what they say, and which files aren't whole."""
    for one in told:
        if _is_planted_in(world, one["path"]):
            continue
        if one["state"] == "broken":
            yield f"{one['name']} is broken"
        elif one["state"] == "ok":
            yield from _half_done(world.root / one["path"], one)
    names = {one["name"] for one in told}
    lost = set("abqrt") - names - {name for one in commands for name in one.environments}
    if lost and not world.planted:
        yield f"not listed: {sorted(lost)}"
    for name in ("new.torchup", "lab.torchup"):
        place = world.root / name
        if place.exists() and place != world.planted and not _is_whole(place):
            yield f"{name} is not whole"
    for place in (world.root / "pylock.new.toml", world.root / "config" / "config.toml"):
        if place.exists() and place != world.planted:
            yield from _unparsed(place)


def _is_planted_in(world: World, path: str) -> bool:
    """Tell whether an environment holds what was planted, where its home was moved as well."""
    if world.planted is None:
        return False
    places = [world.planted]
    if world.planted.is_relative_to(world.home):
        places.append(world.new_home / world.planted.relative_to(world.home))
    return any(one.is_relative_to(path) for one in places)


def _half_done(path: Path, told: dict[str, Any]) -> Iterator[str]:
    """Compare what an environment's list says with what its folders hold."""
    folders = {
        one.name.rpartition(".")[0].rpartition("-")
        for one in path.glob("lib/python3.*/site-packages/*.dist-info")
    }
    held = {name.replace("_", "-").lower(): version for name, _, version in folders}
    said = {name.replace("_", "-").lower(): v for name, v in told["packages"].items()}
    if told["backend"] == "conda":  # its builds have no local version
        said = {name: version.partition("+")[0] for name, version in said.items()}
    for name, version in held.items():
        if said.get(name, version) != version:
            yield f"{told['name']}: {name} {version} in its folder, and {said[name]} is told"
    if "conda-meta" not in {one.name for one in path.iterdir()}:
        for name in said.keys() - held.keys():
            yield f"{told['name']}: {name} is told, and not there"
    if not (path / "bin" / "python").exists():
        yield f"{told['name']} has no Python"


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def _unparsed(path: Path) -> Iterator[str]:
    try:
        tomlkit.parse(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"{path.name} can't be read: {error}"
