"""torchup as one file that a host without it can run: a shell script with wheels behind it."""

from __future__ import annotations

import base64
import hashlib
import io
import shlex
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

import torchup
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

FOLDER: Final = '"${TORCHUP_FLEET_DIR:-${HOME:?}/.local/share/torchup-fleet}"'
"""Where it lies on a host, as a shell reads it."""
_MOMENT: Final = (2020, 1, 1, 0, 0, 0)
"""One time for all files: the same program makes the same parcel."""
_LEFT_OUT: Final = frozenset({"__pycache__"})


class Parcel(Struct, frozen=True, kw_only=True):
    """The file, and the digest that names what it puts on a host."""

    path: str
    digest: str


def make_parcel(
    host: Host, folder: Path, *, wheelhouse: str = "", bundle: str = "", uv: bool = False
) -> Parcel:
    """Write the file.

    The wheel of torchup is made of the program that runs now, so that both ends are the same.

    Args:
        host: this machine.
        folder: where the file is written.
        wheelhouse: a folder with the wheels of its dependencies for the hosts, who then ask no
            index; empty: the hosts ask theirs. Where they come from doesn't count in the digest,
            which names the program alone.
        bundle: the digest of a bundle that may lie on the host: its Python and the wheels for it
            are taken then, so that neither travels twice.
        uv: send this machine's uv along (some 40 MB), for hosts that have no Python. What it puts
            on a host is the same, and so is the digest.

    Raises:
        UsageError: ``ask.no-wheels``: there are none in the wheelhouse.
    """
    wheels = {_wheel_name(): _wheel()}
    digest = hashlib.sha256(_archive(wheels, None)).hexdigest()[:16]
    if wheelhouse:
        found = sorted(Path(wheelhouse).expanduser().glob("*.whl"))
        if not found:
            raise UsageError("ask.no-wheels", path=wheelhouse)
        wheels |= {one.name: one.read_bytes() for one in found}
    archive = _archive(wheels, _uv(host) if uv else None)
    source = Path(__file__).with_name("install.sh").read_text(encoding="utf-8")
    # uv and pip both take these.
    offline = '"--no-index --find-links $part/wheels"' if wheelhouse else '""'
    text = (
        source.replace("@DIGEST@", digest)
        .replace("@FOLDER@", FOLDER)
        .replace("@FROM@", offline)
        .replace("@BUNDLE@", f"$base/bundles/{bundle}/bundle.torchup" if bundle else "")
        .replace("@LINES@", str(source.count("\n") + 1))
    )
    path = folder / f"torchup-{torchup.__version__}-{digest}{'-uv' if uv else ''}.sh"
    path.write_bytes(text.encode() + archive)
    return Parcel(path=str(path), digest=digest)


def there_already(digest: str, arguments: str) -> str:
    """A command for a host's shell: run torchup where it is there, else status 97."""
    return shell_there(
        digest,
        f"printf '\\n@torchup@ answer\\n'; \"$d/bin/torchup\" {arguments} 2>/dev/null; "
        "printf '\\n@torchup@ exit %s\\n' $?",
    )


def shell_there(digest: str, command: str) -> str:
    """A line for a host's shell that needs torchup there, in the folder ``$d``; else status 97."""
    return (
        f'd={FOLDER}/{shlex.quote(digest)}; if [ -e "$d/.done" ]; then {command}; else exit 97; fi'
    )


def _uv(host: Host) -> bytes | None:
    import sys

    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.is_file() else host.which("uv")
    return Path(found).read_bytes() if found and host.system == "linux" else None


def _wheel_name() -> str:
    return f"torchup-{torchup.__version__}-py3-none-any.whl"


def _wheel() -> bytes:
    """A wheel of the running program: its files, and what its installation says of itself."""
    info = f"torchup-{torchup.__version__}.dist-info"
    try:
        about = str(metadata("torchup"))
    except PackageNotFoundError as error:  # run from a folder that was never installed
        raise UsageError("fleet.not-installed") from error
    files = dict(_package())
    files[f"{info}/METADATA"] = about.encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: torchup\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\ntorchup = torchup.__main__:main\n"
    rows = [f"{name},{_record(data)},{len(data)}" for name, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return written.getvalue()


def _package() -> Iterator[tuple[str, bytes]]:
    root = Path(torchup.__path__[0])
    for path in sorted(root.rglob("*")):
        if path.is_file() and _LEFT_OUT.isdisjoint(path.parts):
            yield f"torchup/{path.relative_to(root).as_posix()}", path.read_bytes()


def _record(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


def _archive(wheels: dict[str, bytes], uv: bytes | None) -> bytes:
    written = io.BytesIO()
    entries = {f"wheels/{name}": (data, 0o644) for name, data in sorted(wheels.items())}
    if uv is not None:
        entries["uv"] = (uv, 0o755)
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, (data, mode) in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return written.getvalue()
