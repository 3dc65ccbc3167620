"""Pages that the program writes about itself: commands, documents, facts."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from torchup.cli.commands import COMMANDS
from torchup.cli.parsing import make_parser
from torchup.wire.schemas import schemas
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from torchup.facts.catalogue import Catalogue

_PART: Final = {
    "en": ("Commands", "What every command takes, and says of itself with `--help`."),
    "zh_CN": ("命令", "各命令的参数，与 `--help` 所示相同。"),  # noqa: RUF001
}


def write(into: Path, catalogue: Catalogue) -> None:
    """Write the reference into the folder of a site's pages."""
    pages = {
        "reference/commands.md": commands("en"),
        "zh/commands.md": commands("zh_CN"),
        "reference/documents.md": documents(schemas()),
        "reference/facts.md": facts(catalogue),
    }
    for name, lines in pages.items():
        page = into / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (into / "reference" / file_of(name)).write_text(text + "\n", encoding="utf-8")


def commands(language: str) -> Iterator[str]:
    """Word the help of every command."""
    words = load_words(language)
    title, about = _PART[language]
    yield f"# {title}\n\n{about}"
    for name in COMMANDS:
        parser = make_parser(name, words)
        module: Any = import_module(f"torchup.cli.commands.{name.replace('-', '_')}")
        module.add_arguments(parser, words)
        yield f"\n## torchup {name}\n\n```text\n{parser.format_help().rstrip()}\n```"


def documents(found: Mapping[str, Any]) -> Iterator[str]:
    """List the documents of ``--json``, each with its schema and what it holds."""
    yield "# Documents\n\nWhat `--json` prints, as JSON Schema (2020-12)."
    for name, schema in sorted(found.items()):
        top = schema["$defs"][schema["$ref"].rpartition("/")[2]]
        yield f"\n## {name}\n\n[{file_of(name)}]({file_of(name)})\n"
        yield from _table(
            ("field", "always there"),
            (
                (f"`{field}`", "yes" if field in top.get("required", ()) else "")
                for field in top["properties"]
            ),
        )


def facts(catalogue: Catalogue) -> Iterator[str]:
    """List what is known of releases, CUDA versions, architectures and Pythons, with sources."""
    yield f"# Facts\n\nChecked on {catalogue.checked}; each row with where it comes from."
    yield f"\n## Releases of {catalogue.framework.name}\n"
    yield from _table(("release", "date", "builds", "source"), _releases(catalogue))
    yield "\n## Drivers that a CUDA version needs\n"
    yield from _table(
        ("CUDA", "first driver that runs it", "first driver that knows it", "source"),
        (
            (one.name, _by_system(one.floor), _by_system(one.native), _source(catalogue, one.fact))
            for one in catalogue.runtimes
        ),
    )
    yield "\n## NVIDIA architectures\n"
    yield from _table(
        ("architecture", "family", "first driver branch", "last one", "source"),
        (
            (
                one.name,
                one.family,
                str(one.first_branch),
                str(one.last_branch or "current"),
                _source(catalogue, one.fact),
            )
            for one in catalogue.archs
        ),
    )
    yield "\n## Pythons\n"
    yield from _table(
        ("Python", "released", "end of support", "source"),
        (
            (one.minor, one.released, one.end, _source(catalogue, one.fact))
            for one in catalogue.pythons
        ),
    )


def _releases(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for one in catalogue.releases:
        builds = ", ".join(sorted({build.name for build in one.builds}))
        yield one.version, one.date, builds, _source(catalogue, one.fact)


def _by_system(drivers: Mapping[str, str]) -> str:
    return ", ".join(f"{system} {driver}" for system, driver in sorted(drivers.items()))


def _source(catalogue: Catalogue, fact: int) -> str:
    url = catalogue.fact(fact).url
    return f"<{url}>" if url.startswith("https://") else url


def file_of(name: str) -> str:
    """Return the file of a document's schema: ``torchup.plan/v1`` → ``torchup.plan.v1.json``."""
    return name.replace("/", ".") + ".json"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
