"""What hosts' shells are told about bundles: where they lie, how they are taken and handed on."""

from __future__ import annotations

import shlex
from typing import Final

from torchup.fleet.parcel import FOLDER, shell_there

FILE: Final = "bundle.torchup"
"""What a bundle is called on a host, in a folder that is named by its digest."""
SENT: Final = ".sent"
"""A bundle on its way."""
_HASH: Final = (
    'hash() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -c 1-64; '
    'elif command -v shasum >/dev/null 2>&1; then shasum -a 256 "$1" | cut -c 1-64; '
    "else openssl dgst -sha256 \"$1\" | sed 's/.*= *//'; fi; }"
)
_SERVES_S: Final = 4 * 3600
"""How long a host may serve its site; it is stopped as soon as all have the bundle."""
_WAIT_S: Final = 30


def folder_of(digest: str) -> str:
    """A bundle's folder on a host, as a shell reads it."""
    return f"{FOLDER}/bundles/{shlex.quote(digest)}"


def look_line(digest: str) -> str:
    """Tell where a bundle would lie here, whether it is there, the room, and this host's address.

    The variables ``site``, ``address`` and ``port`` are the inventory's words about this host.
    """
    return (
        f'd={folder_of(digest)}; mkdir -p "$d" 2>/dev/null || '
        "{ printf '\\n@torchup@ cannot\\n'; exit 0; }; "
        'set -- ${SSH_CONNECTION:-}; [ -n "$address" ] || address=${3:-}; '
        f'there=no; [ -e "$d/{FILE}" ] && there=yes; '
        "room=$(df -Pk \"$d\" 2>/dev/null | awk 'NR > 1 { print $4 }' | tail -n 1); "
        "printf '\\n@torchup@ place %s\\n@torchup@ site %s\\n@torchup@ address %s\\n"
        "@torchup@ port %s\\n@torchup@ there %s\\n@torchup@ room %s\\n@torchup@ end\\n' "
        '"$d" "$site" "$address" "$port" "$there" "$room"'
    )


def keep_line(digest: str) -> str:
    """Compare what was sent with the digest, and keep it under its name; else remove it."""
    return (
        f'{_HASH}; cd {folder_of(digest)} && if [ "$(hash {SENT})" = {shlex.quote(digest)} ]; '
        f"then mv -f {SENT} {FILE} && printf '\\n@torchup@ kept\\n'; "
        f"else rm -f {SENT}; printf '\\n@torchup@ damaged\\n'; fi"
    )


def fetch_line(digest: str, url: str) -> str:
    """Take a bundle from a host of the same site, with whatever is here; go on where it broke off.

    A second time begins anew: what is there may be the whole of something else.
    """
    quoted = shlex.quote(url)
    python = (
        "import sys, urllib.request as u; "
        "u.build_opener(u.ProxyHandler({})).open(sys.argv[1]).close(); "
        "u.install_opener(u.build_opener(u.ProxyHandler({}))); u.urlretrieve(*sys.argv[1:])"
    )
    return (
        f"cd {folder_of(digest)} || exit 0; "
        # One that is there and can't be started is as good as none: the next one is tried.
        f'take() {{ curl -fsS --noproxy "*" --connect-timeout 5 --retry 2 $1 -o {SENT} {quoted} || '
        f"wget -q --no-proxy -T 20 -t 2 $2 -O {SENT} {quoted} || "
        f"python3 -c {shlex.quote(python)} {quoted} {SENT}; }}; "
        f"{{ take '-C -' -c || {{ rm -f {SENT}; take '' ''; }}; }} 2>&1 | tail -n 1; "
        f"[ -e {SENT} ] || exit 0; {keep_line(digest)}"
    )


def serve_line(program: str, digest: str, address: str, port: int) -> str:
    """Serve a bundle to the site, and tell the port once it is taken.

    Args:
        program: the digest of the torchup that is there.
        digest: the bundle's.
        address: where the others reach this host.
        port: 0 for a free one.
    """
    words = f'bundle serve "$b/{FILE}" --host {shlex.quote(address)} --port {port} --progress none'
    return shell_there(
        program,
        f"b={folder_of(digest)}; t=; "
        f"command -v timeout >/dev/null 2>&1 && t='timeout {_SERVES_S}'; "
        f'nohup $t "$d/bin/torchup" {words} >"$b/served" 2>&1 </dev/null & echo $! >"$b/pid"; n=0; '
        f'while [ $n -lt {_WAIT_S} ] && ! grep -q "http://" "$b/served"; '
        "do sleep 1; n=$((n + 1)); done; "
        "printf '\\n@torchup@ port %s\\n' "
        '"$(sed -n \'s#.*http://[^ ]*:\\([0-9][0-9]*\\).*#\\1#p\' "$b/served" | head -n 1)"; '
        'tail -n 3 "$b/served"',
    )


def stop_line(digest: str) -> str:
    """End serving."""
    return (
        f'b={folder_of(digest)}; [ -e "$b/pid" ] && kill "$(cat "$b/pid")" 2>/dev/null; '
        'rm -f "$b/pid" "$b/served"; true'
    )


def drop_line(digest: str) -> str:
    """Let go of a bundle that was used."""
    return f"rm -rf {folder_of(digest)}; rmdir {FOLDER}/bundles 2>/dev/null; true"
