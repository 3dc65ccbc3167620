"""Bring the translations' catalogue up to the English templates, and compile it.

``torchup.po`` keeps every translation whose English has not changed; new messages come in empty,
those that are gone go out. ``torchup.mo`` is what the program loads. With ``--check`` nothing is
written, and the exit status is 1 when something would be.
"""

from __future__ import annotations

import argparse
import io
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from torchup.words.english import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""A fixed day in the header: the same messages make the same files."""

LOCALES = Path(__file__).resolve().parent.parent / "src" / "torchup" / "words" / "locale"


class Anonymous(Catalog):
    """A catalogue whose header doesn't name the tool and the version that wrote it.

    The same messages make the same files, whichever version of the library is installed.
    """

    def __iter__(self) -> Iterator[Message]:
        """Go through the messages, the header first."""
        for message in super().__iter__():
            if message.id:
                yield message
                continue
            kept = [
                line
                for line in str(message.string).splitlines()
                if not line.startswith("Generated-By:")
            ]
            yield Message("", "".join(f"{line}\n" for line in kept), flags=message.flags)


def merged(old: Catalog | None, messages: Mapping[str, str], language: str) -> Catalog:
    """Make a catalogue of exactly the English messages, with the translations that still hold."""
    known = {(one.context, one.id): one.string for one in old or () if one.context}
    fresh = Anonymous(
        locale=language,
        project="torchup",
        header_comment=f"# torchup's messages in {language}.",
        version="",
        msgid_bugs_address=" ",
        last_translator=" ",
        language_team=language,
        creation_date=_EPOCH,
        revision_date=_EPOCH,
        fuzzy=False,
    )
    for code, template in sorted(messages.items()):
        fresh.add(template, known.get((code, template), ""), context=code)
    return fresh


def rendered(catalogue: Catalog) -> tuple[bytes, bytes]:
    """Return the text and the compiled form."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalogue, width=0, omit_header=False, include_lineno=False)
    write_mo(compiled, catalogue)
    return text.getvalue(), compiled.getvalue()


def main() -> int:
    """Build or check every language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    stale = 0
    for po in sorted(LOCALES.glob("*/LC_MESSAGES/torchup.po")):
        with po.open("rb") as stream:
            old = read_po(stream)
        text, compiled = rendered(merged(old, MESSAGES, po.parts[-3]))
        for path, data in ((po, text), (po.with_suffix(".mo"), compiled)):
            if not path.exists() or path.read_bytes() != data:
                stale += 1
                print(f"{'stale' if args.check else 'written'}: {path.name}")
                if not args.check:
                    path.write_bytes(data)
    return 1 if stale and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
