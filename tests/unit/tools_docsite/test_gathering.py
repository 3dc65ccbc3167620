"""Pages laid out for a site: their links follow them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.docsite.gathering import gather, relinked

ROOT = Path(__file__).resolve().parents[3]
PLACES = {
    "README.md": "index.md",
    "README.zh-CN.md": "zh/index.md",
    "docs/a.md": "a.md",
    "docs/howto/b.md": "howto/b.md",
    "docs/errors/README.md": "errors/README.md",
    "docs/p.svg": "p.svg",
}


@pytest.mark.parametrize(
    ("source", "text", "there"),
    [
        ("README.md", "[a](docs/a.md#part)", "[a](a.md#part)"),
        ("README.zh-CN.md", "![p](docs/p.svg)", "![p](../p.svg)"),
        ("README.zh-CN.md", "[e](README.md)", "[e](../index.md)"),
        (
            "docs/howto/b.md",
            "[a](../a.md) [all](../errors)",
            "[a](../a.md) [all](../errors/README.md)",
        ),
        ("docs/howto/b.md", "[code](../../tools/docsite/gathering.py)", "code"),
        (
            "docs/a.md",
            "[x](https://a.example/b.md) [y](#here)",
            "[x](https://a.example/b.md) [y](#here)",
        ),
        ("docs/a.md", "[gone](gone.md)", "[gone](gone.md)"),
    ],
)
def test_links_lead_where_they_led(source: str, text: str, there: str) -> None:
    assert relinked(text, source, PLACES, ROOT) == there


def test_every_page_is_gathered(tmp_path: Path) -> None:
    gather(ROOT, tmp_path)
    pages = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    assert all((tmp_path / page).is_file() for page in pages)
    assert (tmp_path / "index.md").read_text("utf-8").startswith("# torchup")
