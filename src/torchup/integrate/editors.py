"""VS Code and PyCharm, and programs that are built from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.json import decode

from torchup.model.software import Editor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_CODES: Final[dict[str, tuple[str, ...]]] = {
    "VS Code": ("/usr/share/code", "/snap/code/current/usr/share/code"),
    "VSCodium": ("/usr/share/codium", "/opt/vscodium-bin"),
    "Cursor": ("/usr/share/cursor", "/opt/cursor"),
}
_CODES_MACOS: Final[dict[str, tuple[str, ...]]] = {
    "VS Code": ("Visual Studio Code.app",),
    "VSCodium": ("VSCodium.app",),
    "Cursor": ("Cursor.app",),
}
_CODES_WINDOWS: Final[dict[str, tuple[str, ...]]] = {
    "VS Code": ("Microsoft VS Code",),
    "VSCodium": ("VSCodium",),
    "Cursor": ("cursor",),
}
_PYCHARM: Final = re.compile(r"(?i)pycharm|(?:PC|PY)-\d")


def find_editors(host: Host) -> tuple[Editor, ...]:
    """Find the IDEs by the files that tell their version; nothing is started."""
    found: dict[str, Editor] = {}
    for editor in (*_codes(host), *_servers(host), *_pycharms(host)):
        found.setdefault(host.real_path(editor.path), editor)
    return tuple(found.values())


def _codes(host: Host) -> Iterator[Editor]:
    for name, folder, package in _code_places(host):
        version = _json_text(host, package, "version")
        if version is not None or host.modified(package) is not None:
            yield Editor(name=name, path=folder, version=version)


def _code_places(host: Host) -> Iterator[tuple[str, str, str]]:
    """Name each program, its folder, and the file in it that tells the version."""
    inside = "resources/app/package.json"
    roots: tuple[str, ...] = ("",)
    programs = _CODES
    if host.system == "macos":
        inside = f"Contents/{inside[:1].upper()}{inside[1:]}"
        roots = ("/Applications/", f"{host.env('HOME') or ''}/Applications/")
        programs = _CODES_MACOS
    elif host.system == "windows":
        own = f"{host.env('LOCALAPPDATA') or ''}/Programs/"
        roots = (own, f"{host.env('PROGRAMFILES') or 'C:/Program Files'}/")
        programs = _CODES_WINDOWS
    for name, folders in programs.items():
        for path in (f"{root}{folder}" for root in roots for folder in folders):
            yield name, path, f"{path}/{inside}"


def _servers(host: Host) -> Iterator[Editor]:
    """VS Code's part on a machine that is worked on from elsewhere (Remote SSH, WSL)."""
    home = host.env("HOME") or ""
    for name, folder in (("VS Code server", ".vscode-server"), ("Cursor server", ".cursor-server")):
        if home and host.is_dir(f"{home}/{folder}"):
            yield Editor(name=name, path=f"{home}/{folder}")


def _pycharms(host: Host) -> Iterator[Editor]:
    for folder in _pycharm_folders(host):
        inside = "Resources/product-info.json" if host.system == "macos" else "product-info.json"
        info = f"{folder}/Contents/{inside}" if host.system == "macos" else f"{folder}/{inside}"
        version = _json_text(host, info, "version")
        if version is not None:
            yield Editor(name="PyCharm", path=folder, version=version)


def _pycharm_folders(host: Host) -> Iterator[str]:
    home = host.env("HOME") or ""
    roots: tuple[str, ...]
    if host.system == "linux":
        toolbox = f"{home}/.local/share/JetBrains/Toolbox/apps"
        roots = ("/opt", home, f"{home}/.local/share", toolbox)
        for name in host.listdir("/snap"):
            if _PYCHARM.search(name):
                yield f"/snap/{name}/current"
    elif host.system == "macos":
        roots = ("/Applications", f"{home}/Applications")
    else:
        programs = host.env("PROGRAMFILES") or "C:/Program Files"
        own = f"{host.env('LOCALAPPDATA') or ''}/Programs"
        roots = (f"{programs}/JetBrains", own, f"{own}/JetBrains")
    for root in roots:
        for name in host.listdir(root):
            if _PYCHARM.search(name):
                yield f"{root}/{name}"


def _json_text(host: Host, path: str, key: str) -> str | None:
    data = host.read(path)
    if data is None:
        return None
    try:
        found = decode(data.decode("utf-8-sig"), type=dict[str, object]).get(key)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None
