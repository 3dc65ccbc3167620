"""Messages of the sources room."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "sources.absent": "{url} has no {project}.",
    "sources.refused": "{url} did not give its list of files ({why}). The server may be busy, or may want a login; try again later or name another index.",
    "sources.offline": "{url} was not asked, because torchup is offline, and no earlier answer is kept here. Run the command once with the network.",
    "sources.not-an-index": "{url} answered, but not with a list of packages ({why}). A login page of the network may stand in between; open the address in a browser to see.",
    "sources.api-version": "{url} speaks version {why} of the package index format, and this torchup knows version 1. Update torchup, or name another index.",
    "sources.no-folder": "{path} is named as a place for wheels, but there is no such folder. Create it, or take it out of the configuration.",
    "sources.no-place": "No place to get packages from is left: {origin} forbids package indexes and names no folder instead.",
    "sources.no-local-index": "The list of local wheels could not be written in {path}: {why}.",
    "sources.no-local-index.hint": "Check the free space and the permissions of that folder, or set TORCHUP_HOME to another disk.",
    "sources.no-index-no-links": "{origin} forbids package indexes (no-index), and no folder of wheels is named in their place. Name one with PIP_FIND_LINKS, or allow indexes again.",
    "sources.config-not-utf8": "{path} was not read, because it isn't UTF-8 text. Save it as UTF-8, and torchup will follow it.",
    "sources.config-malformed": "{path} was not read, because it has a mistake: {why}.",
    "sources.config-value": "{path} was read, but one value was passed over, because an address was expected there: {value}.",
}
