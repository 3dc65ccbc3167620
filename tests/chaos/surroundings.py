"""What a command finds around itself: variables, and files where settings are expected."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from chaos.files import remove

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from chaos.world import World

SURROUNDINGS: Final[dict[str, dict[str, str | None]]] = {
    "no HOME": {"HOME": None, "USERPROFILE": None},
    "HOME is a file": {"HOME": "/etc/passwd"},
    "HOME is relative": {"HOME": "here"},
    "HOME is empty": {"HOME": ""},
    "no PATH": {"PATH": None},
    "empty PATH": {"PATH": ""},
    "PATH of nonsense": {"PATH": ":::/dev/null:/etc/passwd:~:" + "x" * 5000},
    "LANG=C": {"LANG": "C", "LC_ALL": "C"},
    "latin-1": {"PYTHONIOENCODING": "latin-1", "LC_ALL": "de_DE.ISO-8859-1"},
    "GBK": {"PYTHONIOENCODING": "gbk", "LC_ALL": "zh_CN.GBK"},
    "ASCII, Chinese": {"PYTHONIOENCODING": "ascii", "LANG": "zh_CN.UTF-8"},
    "an encoding that is none": {"PYTHONUTF8": "0", "LC_ALL": "xx_XX.nothing"},
    "no terminal": {"TERM": None, "COLUMNS": "-3"},
    "a terminal of nonsense": {"TERM": "\x1b[31m", "COLUMNS": "99999999999999999999"},
    "no temporary folder": {"TMPDIR": "/nowhere", "TEMP": "/nowhere", "TMP": "/nowhere"},
    "PYTHONPATH": {"PYTHONPATH": "/etc:/nowhere"},
    "environments that are gone": {"VIRTUAL_ENV": "/nowhere", "CONDA_PREFIX": "/nowhere"},
    "numbers that are none": {
        "UV_HTTP_TIMEOUT": "soon",
        "COLUMNS": "wide",
        "UV_CONCURRENT_DOWNLOADS": "0",
    },
    "words for yes and no that are none": {"UV_OFFLINE": "perhaps", "PIP_NO_INDEX": "perhaps"},
    "indexes that are none": {"PIP_EXTRA_INDEX_URL": "ht!tp://", "PIP_FIND_LINKS": "\x7f nowhere"},
    "settings of torchup": {"TORCHUP_CONFIG": "/dev/full"},
    "a language that is none": {"LANGUAGE": "../../etc", "TORCHUP_LANG": "../x"},
    "proxies that are none": {"HTTPS_PROXY": "::", "HTTP_PROXY": "http://127.0.0.1:9"},
    "certificates that are none": {"SSL_CERT_FILE": "/nowhere", "REQUESTS_CA_BUNDLE": "/etc"},
    "line ends and escapes": {"XDG_DATA_HOME": "/no\n\x1b[2Jwhere", "CONDA_ENVS_PATH": "\r\n"},
    "bytes that are no text": {"XDG_CACHE_HOME": "/nowhere/\udcff", "CUDA_HOME": "\udcfe"},
    "uv's own folders": {"UV_CACHE_DIR": "/dev/null", "UV_PYTHON_INSTALL_DIR": "/etc/passwd"},
    "library paths": {"LD_LIBRARY_PATH": "::/nowhere", "LD_PRELOAD": ""},
    "a card by variables": {"CUDA_VISIBLE_DEVICES": "9,-1,GPU-x", "HIP_VISIBLE_DEVICES": ""},
}
"""Variables that are set, or, for None, taken away."""
_PLACES: Final = (
    "config/config.toml",
    "torchup/cache/completion.json",
    "torchup/cache/answers.json",
    "torchup/places/x.json",
    "torchup/facts/facts.json",
    "xdg-config/pip/pip.conf",
    "xdg-config/uv/uv.toml",
    "xdg-data/jupyter/kernels/old/kernel.json",
    "xdg-config/Code/User/settings.json",
    "xdg-config/JetBrains/PyCharm2025.1/options/jdk.table.xml",
    ".vscode/settings.json",
    ".idea/misc.xml",
    ".condarc",
    ".conda/environments.txt",
    ".bashrc",
    ".torchup-env",
    ".netrc",
    "torchup/journal/x.json",
    "torchup/kept/x/entry.json",
    "torchup/envs/strange",
)
_CONTENTS: Final[dict[str, bytes]] = {
    "empty": b"",
    "zeros": b"\0" * 512,
    "latin": b"\xe9 = [\xff",
    "deep": b"[" * 200_000,
    "one long line": b"a" * 3_000_000,
    "numbers": b'{"schema": 1e999, "id": -0, "names": [NaN, {}, null]}',
    "null": b"null",
}
_KINDS: Final = (*_CONTENTS, "folder", "huge", "loop", "pipe", "device")


def plant(world: World, chance: random.Random) -> str:
    """Put something that is no setting into a place for settings; say what."""
    places = (*_PLACES, *_own(world.template))
    place = world.root / chance.choice(places)
    content = chance.choice(_KINDS)
    world.planted = place
    place.parent.mkdir(parents=True, exist_ok=True)
    remove(place)
    if content == "folder":
        place.mkdir()
    elif content == "huge":
        with place.open("wb") as stream:
            stream.truncate(1 << 30)
    elif content == "loop":
        place.symlink_to(place.name)
    elif content == "pipe":
        os.mkfifo(place)
    elif content == "device":
        place.symlink_to("/dev/zero")
    else:
        place.write_bytes(_CONTENTS[content])
    return f"{place.relative_to(world.root)} {content}"


def _own(template: Path) -> list[str]:
    """List what torchup keeps in its home: records, locks, listings, copies."""
    home = template / "torchup"
    kept = [one for one in home.rglob("*.json") if "site-packages" not in one.parts]
    records = [*home.glob("locks/*"), *home.glob("envs/*/.torchup/pylock.toml")]
    found = [one for one in (*kept, *records) if "uv" not in one.parts and "tree" not in one.parts]
    return sorted(str(one.relative_to(template)) for one in found if one.is_file())
