"""Messages about the room that environments and caches take."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.group.bytes": "Room on the disk",
    "cli.du.summary": "what each environment takes on the disk, and what deleting it would free",
    "cli.du.examples": "examples:\n  torchup du\n  torchup du --json",
    "cli.clean.summary": "make room: caches and leftovers, never an environment",
    "cli.clean.examples": "examples:\n  torchup clean --dry-run\n  torchup clean\n  torchup clean --all --yes",
    "cli.option.clean-all": "every package that was fetched too: the next create fetches anew",
    "cli.label.cache": "Cache",
    "cli.label.total": "In all",
    "cli.label.room": "Room",
    "share.elsewhere": "{path} is on another disk than torchup's cache, so what is installed there is copied and shares no room with other environments. To share: torchup move {name} --to {home}, or take torchup itself to that disk: torchup config set home DIR",
    "share.filesystem": "The disk of {path} has no hard links, or allows none, so every environment takes the full room of its packages. A disk with NTFS, APFS, ext4, XFS or Btrfs has them; take torchup to one: torchup config set home DIR",
    "share.mode": "UV_LINK_MODE={mode} keeps uv from sharing files between environments, so each takes the full room of its packages. Unset it to share them.",
    "share.volume": "{path} and torchup's cache ({cache}) are on two disks, so every environment takes the full room of its packages. Let both lie on one: torchup config set home DIR",
    "clean.ask": "Remove these? [y/N]",
    "clean.done": "{size} became free; every environment is as it was",
    "clean.drafts": "files that were never finished",
    "clean.dry-run": "nothing was changed; a ? is known only when it is done",
    "clean.listings": "what indexes said (asked for again when it is needed)",
    "clean.nothing": "nothing to remove",
    "clean.trash": "what deleted environments left",
    "clean.uv-cache": "what uv has no more use for in its cache",
    "clean.uv-cache-all": "all packages in uv's cache that no environment uses, and its hold on the others",
    "clean.downloads": "files that torchup fetched itself, whole or in part; fetched again when needed",
    "clean.work": "work folders of a torchup that was stopped",
    "du.cache": "{size} (torchup clean makes room)",
    "du.frees": "deleting frees {size}",
    "du.frees-cleaned": "with the cache cleaned {size}",
    "du.total": "{size} in {path}, every file counted once",
}
