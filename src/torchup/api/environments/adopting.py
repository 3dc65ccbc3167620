"""Taking environments that torchup did not make into its list, without changing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup import apply
from torchup.api.environments.recognised import on_apple, recognised
from torchup.api.machines.software import known_names
from torchup.backends.installed import installed, interpreter
from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS, named_in
from torchup.facts.load import load_catalogue, titles
from torchup.model import Environment, EnvRecord, Requirement, Stack
from torchup.model.builds import device_of
from torchup.probe.inventory.environments import look_at
from torchup.probe.system import X86

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.model.software import FoundEnvironment


def adopt(
    context: Context, path: str, name: str | None = None, *, dry_run: bool = False
) -> Environment:
    """Look at an environment, and list it from now on.

    One that torchup made and took out of its home, where the note of it is lost, is listed again.

    Args:
        context: the session.
        path: its folder, or the interpreter in it.
        name: what to call it; by default as its folder is called.
        dry_run: only look, and say what would be listed.

    Raises:
        UsageError: ``adopt.none-there``: no environment, or none with the framework;
            ``adopt.own``: torchup made it; ``adopt.known``: it is in the list;
            the name can't be taken.
        OutsideError: the home can't be written.
    """
    host, home = context.host, context.home
    folder = folder_of(context, path)
    found = look_at(host, str(folder), known_names())
    if found is None or not host.is_executable(str(interpreter(folder, host))):
        raise UsageError("adopt.none-there", path=folder, names=titles(FRAMEWORKS))
    if apply.has_marker(folder):
        from torchup.apply.found import find_again
        from torchup.apply.marker import read_marker

        if dry_run:
            return _as_it_would_be(context, folder, read_marker(folder))
        return apply.load_environment(host, home, find_again(host, home, folder))
    for other in apply.list_environments(host, home):
        if other.state == "foreign" and other.record.path == str(folder):
            raise UsageError("adopt.known", path=folder, name=other.record.name)
    called = apply.check_name(name or _name_of(folder))
    if dry_run:
        apply.check_free(home, called)
        record = record_of(context, called, folder, found, kind=found.kind)
        return _as_it_would_be(context, folder, record)
    apply.prepare_home(home)
    with apply.in_use(host, home, called):
        apply.check_free(home, called)
        apply.write_adopted(home, record_of(context, called, folder, found, kind=found.kind))
    return apply.load_environment(host, home, called)


def _as_it_would_be(context: Context, folder: Path, record: EnvRecord) -> Environment:
    packages = installed(folder, context.host)
    return Environment(record=record, state="foreign", packages=packages)


def folder_of(context: Context, path: str) -> Path:
    """Return an environment's folder, links in its path followed, from it or its interpreter."""
    given = Path(path).expanduser()
    if given.is_file() and given.parent.name in ("bin", "Scripts"):
        given = given.parent.parent
    return Path(context.host.real_path(str(given)))


def _name_of(folder: Path) -> str:
    """A folder that every project has says nothing: the project's says more."""
    return folder.parent.name if folder.name in (".venv", "venv", "env") else folder.name


def record_of(
    context: Context, name: str, folder: Path, found: FoundEnvironment, *, kind: str
) -> EnvRecord:
    """Write down what is known of an environment that torchup did not make.

    Args:
        context: the session.
        name: what it is called here.
        folder: where it lies.
        found: what was seen in it; without packages where the framework isn't among them.
        kind: ``venv`` or ``conda``.
    """
    named = named_in(found.packages)
    catalogue = load_catalogue(named[0] if named else "")
    framework = catalogue.framework.name
    arch = context.host.machine.lower()
    platform = f"{context.host.system}-{'x86_64' if arch in X86 else arch}"
    known = recognised(found.packages, catalogue, platform)
    first, build = known.version, known.build
    apple = platform == "macos-arm64" and on_apple(catalogue, platform, build)
    device = "mps" if apple else device_of(build) or "cpu"
    ours = {*named, *catalogue.framework.companions} - {known.distribution}
    held = {one: version for one, version in found.packages.items() if one in ours or not first}
    ordered = {framework: first, **held} if first else held
    plain = {one: version.partition("+")[0] for one, version in ordered.items()}
    stack = Stack(
        python=found.python or "",
        packages=plain,
        # conda's own packages don't tell their build in the version that they are imported with
        pins=plain if kind == "conda" else dict(ordered),
        build=build,
        runtime=_runtime(build, catalogue),
        device=device,
        distributions={framework: known.distribution} if known.renamed(framework) else {},
    )
    return EnvRecord(
        name=name,
        path=str(folder),
        backend=kind,
        created=context.host.now().isoformat(timespec="seconds"),
        stack=stack,
        requirement=Requirement(),
    )


def _runtime(build: str, catalogue: Catalogue) -> str:
    every = (one for release in catalogue.releases for one in release.builds)
    return next((one.runtime for one in every if one.name == build), "")
