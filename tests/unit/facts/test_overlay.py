"""A site's own facts, laid over the shipped ones."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.errors import UsageError
from torchup.facts import current
from torchup.facts.compiled import compiled_folder
from torchup.facts.current import DATA, OVERLAY_VARIABLE, InForce, in_force, use
from torchup.facts.load import load_catalogue, load_gpus
from torchup.host.real import RealHost
from torchup.state.config import read_config, write_config
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASE = "torch/releases/9.9.0.toml"
HEAD = 'checked = 2026-11-22\n[sources]\nours = "https://wiki.site.test/cuda"\n'
CUDA = f"""{HEAD}
[[runtimes]]
name = "12.6"
native = {{ linux = "999.1" }}
floor = {{ linux = "998.1" }}
source = ["ours"]

[[runtimes]]
name = "99.0"
native = {{ linux = "1200" }}
floor = {{ linux = "1200" }}
source = ["ours"]
"""
CARD = f"""{HEAD}
[[gpus]]
name = "Site Special"
archs = ["sm_99"]
pci_ids = ["10de:1b80"]
source = ["ours"]
"""


@pytest.fixture(autouse=True)
def nothing_left_in_force() -> Iterator[None]:
    yield
    current._USED.clear()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def put(site: Path, name: str, text: str) -> Path:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def release(version: str = "9.9.0") -> str:
    """A release's file under another version."""
    newest = "2.15.0"
    text = (Path(DATA) / f"torch/releases/{newest}.toml").read_text()
    return text.replace(f'version = "{newest}"', f'version = "{version}"', 1)


def test_the_shipped_facts_are_in_force_without_anything_else(home: Home) -> None:
    before = load_catalogue()
    use(RealHost(), home)
    assert load_catalogue().digest == before.digest
    assert not home.root.exists(), "nothing is written"


def test_a_row_replaces_that_of_its_key_or_is_added(site: Path, home: Home) -> None:
    count = len(load_catalogue().runtimes)
    path = put(site, "cuda.toml", CUDA)
    use(RealHost(), home, str(site))
    catalogue = load_catalogue()
    assert len(catalogue.runtimes) == count + 1
    changed, added = catalogue.runtime("12.6"), catalogue.runtime("99.0")
    assert changed is not None
    assert (changed.native, changed.floor) == ({"linux": "999.1"}, {"linux": "998.1"})
    assert added is not None
    row = catalogue.fact(added.fact)
    assert (row.file, row.key) == (str(path), "runtimes.99.0")
    assert (row.url, row.checked) == ("https://wiki.site.test/cuda", "2026-11-22")
    kept = catalogue.runtime("12.8")
    assert kept is not None
    assert catalogue.fact(kept.fact).file == "cuda.toml"


BRANCH = f"""{HEAD}
[[branches]]
number = 999
max_runtime = "99.0"
kind = "new-feature"
example = "999.1"
source = ["ours"]
"""


def test_what_a_table_says_of_itself_stays_where_the_overlay_leaves_it_out(
    site: Path, home: Home
) -> None:
    since = load_catalogue().complete_from
    assert since is not None
    path = put(site, "nvidia/drivers.toml", BRANCH)
    use(RealHost(), home, str(site))
    assert load_catalogue().complete_from == since
    assert load_catalogue().branch("999.1") is not None
    path.write_text(BRANCH.replace("[sources]", f"complete_from = {since + 1}\n[sources]", 1))
    use(RealHost(), home, str(site))
    assert load_catalogue().complete_from == since + 1


def test_a_card_of_the_site_wins_its_pci_id(site: Path, home: Home) -> None:
    put(site, "nvidia/gpus.toml", CARD)
    known = load_gpus().by_pci("10de:1b80")
    assert known is not None
    assert known.name.endswith("GTX 1080")
    use(RealHost(), home, str(site))
    card = load_gpus().by_pci("10de:1b80")
    assert card is not None
    assert (card.name, card.archs) == ("Site Special", ("sm_99",))
    assert load_gpus().by_name("GeForce GTX 1080"), "the others are still there"


def test_a_release_is_added_or_replaced(site: Path, home: Home) -> None:
    newest = load_catalogue().latest()
    count = len(load_catalogue().releases)
    put(site, RELEASE, release())
    use(RealHost(), home, str(site))
    assert load_catalogue().latest().version == "9.9.0"
    assert len(load_catalogue().releases) == count + 1
    (site / RELEASE).unlink()
    put(site, "torch/releases/ours.toml", release("2.14.0").replace("date = 2026", "date = 2001"))
    use(RealHost(), home, str(site))
    assert len(load_catalogue().releases) == count
    assert load_catalogue().latest() == newest
    replaced = load_catalogue().release("2.14.0")
    assert replaced is not None
    assert replaced.date.startswith("2001-")
    row = load_catalogue().fact(replaced.fact)
    assert row.file == str(site / "torch" / "releases" / "ours.toml")


def test_a_changed_file_is_never_read_stale(site: Path, home: Home) -> None:
    path = put(site, "cuda.toml", CUDA)
    stamp = path.stat().st_mtime_ns
    use(RealHost(), home, str(site))
    first = load_catalogue().digest
    path.write_text(CUDA.replace("999.1", "777.1"))
    os.utime(path, ns=(stamp, stamp))
    use(RealHost(), home, str(site))
    found = load_catalogue().runtime("12.6")
    assert found is not None
    assert found.native == {"linux": "777.1"}, "same size, same time, other content"
    assert load_catalogue().digest != first


def test_the_generated_files_are_made_once(
    site: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, "cuda.toml", CUDA)
    use(RealHost(), home, str(site))
    load_catalogue()
    assert len(list(compiled_folder(home).iterdir())) == 1

    def never(*_: object) -> bytes:
        raise AssertionError("made again")

    monkeypatch.setattr("torchup.facts.compiled.MAKERS", dict.fromkeys(("catalogue.json",), never))
    use(RealHost(), home, str(site))
    assert load_catalogue().runtime("99.0") is not None


def test_cut_off_generated_files_are_made_again(site: Path, home: Home) -> None:
    put(site, "cuda.toml", CUDA)
    use(RealHost(), home, str(site))
    load_catalogue()
    (folder,) = compiled_folder(home).iterdir()
    (folder / "catalogue.json").write_bytes(b'{"digest":')
    use(RealHost(), home, str(site))
    assert load_catalogue().runtime("99.0") is not None
    assert (folder / "catalogue.json").read_bytes().endswith(b"}\n")


def test_a_home_that_cant_be_written_does_no_harm(site: Path, tmp_path: Path) -> None:
    put(site, "cuda.toml", CUDA)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    use(RealHost(), Home(blocked), str(site))
    assert load_catalogue().runtime("99.0") is not None


def test_only_so_many_are_kept(site: Path, home: Home) -> None:
    for number in range(10):
        put(site, "cuda.toml", CUDA.replace("999.1", f"999.{number}"))
        use(RealHost(), home, str(site))
        load_catalogue()
    assert len(list(compiled_folder(home).iterdir())) == 8


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("cuda.toml", CUDA.replace('["ours"]', '["theirs"]'), ("facts.overlay-bad", "theirs")),
        ("cuda.toml", CUDA.replace("floor", "flor"), ("facts.overlay-bad", "flor")),
        ("cuda.toml", "checked = ", ("facts.overlay-bad", "cuda.toml")),
        ("cuda.tml.toml", CUDA, ("facts.overlay-name", "cuda.tml.toml")),
        ("torch/release/9.9.0.toml", CUDA, ("facts.overlay-name", "9.9.0")),
        ("torch/releases/9.9.0.toml", CUDA, ("facts.overlay-bad", "9.9.0.toml")),
        ("torch/extensions.toml", CUDA, ("facts.overlay-bad", "extensions.toml")),
    ],
)
def test_what_doesnt_fit_is_refused_by_name(
    site: Path, home: Home, name: str, text: str, expected: tuple[str, str]
) -> None:
    code, part = expected
    put(site, name, text)
    use(RealHost(), home, str(site))
    with pytest.raises(UsageError) as caught:
        load_catalogue()
    assert caught.value.code == code
    assert part in str(caught.value)
    assert str(site) in str(caught.value)


def test_two_files_of_one_version(site: Path, home: Home) -> None:
    put(site, RELEASE, release())
    put(site, "torch/releases/other.toml", release())
    use(RealHost(), home, str(site))
    with pytest.raises(UsageError, match=r"9\.9\.0 stands in two files"):
        load_catalogue()


def test_hidden_folders_and_other_files_are_passed_over(site: Path, home: Home) -> None:
    put(site, ".git/hook.toml", "x = 1")
    put(site, "README.md", "ours")
    use(RealHost(), home, str(site))
    assert load_catalogue().latest().version


def test_an_overlay_that_is_gone_is_said(site: Path, home: Home) -> None:
    use(RealHost(), home, str(site / "gone"))
    with pytest.raises(UsageError) as caught:
        load_catalogue()
    assert caught.value.code == "facts.overlay-missing"


def test_the_variable_wins_over_the_setting(
    site: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, "cuda.toml", CUDA)
    monkeypatch.setenv(OVERLAY_VARIABLE, str(site))
    use(RealHost(), home, str(tmp_path / "other"))
    assert load_catalogue().runtime("99.0") is not None
    assert in_force().origin == OVERLAY_VARIABLE


def test_facts_of_a_home_are_read_only_when_asked_for(tmp_path: Path) -> None:
    facts = InForce(RealHost(), Home(tmp_path), str(tmp_path / "nowhere"))
    with pytest.raises(UsageError):
        facts.read("catalogue.json")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a relative path on one drive")
def test_a_relative_folder_is_made_absolute(
    site: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, "cuda.toml", CUDA)
    monkeypatch.chdir(site.parent)
    assert use(RealHost(), home, "site").overlay == str(site)


def test_the_setting_is_a_key_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('# ours\nlang = "en"\n')
    write_config(path, "facts.overlay", "/srv/facts")
    write_config(path, "home", "/data")
    assert "[facts]\n" in path.read_text()
    assert path.read_text().startswith("# ours\n")
    found = {"facts.overlay": "/srv/facts", "home": "/data", "lang": "en"}
    assert read_config(path) == found
    path.write_text('facts.overlay = "/srv/facts"\n')
    assert read_config(path) == {"facts.overlay": "/srv/facts"}
    write_config(path, "facts.overlay", None)
    assert read_config(path) == {}
    write_config(path, "facts.overlay", None)
    with pytest.raises(UsageError):
        write_config(path, "facts.overlay", "relative")


def test_the_shipped_files_lie_beside_the_code(tmp_path: Path) -> None:
    """The TOML files must be there wherever torchup is: overlays are compiled with them."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    assert (copy / "cuda.toml").is_file()
    assert len(list(copy.glob("torch/releases/*.toml"))) == len(load_catalogue().releases)
