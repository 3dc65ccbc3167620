"""``torchup mirror``, as a process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from cli.process import DEAD, Torchup
from cli.world import TAG, make_world
from indexserver import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PIP = "# mine\r\n[global]\r\ntrusted-host = own.example\r\n"
UV = "# mine\n[pip]\nno-build = true\n"
CONDA = "channels:\n  - conda-forge # first\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    make_world(root)
    return root


@pytest.fixture
def server(world: Path) -> Iterator[IndexServer]:
    with IndexServer(world).start() as running:
        yield running


@pytest.fixture
def bare(tmp_path: Path) -> Torchup:
    """A machine that no variable tells where packages are, and that reaches nothing outside."""
    torchup = Torchup(tmp_path, HTTPS_PROXY=DEAD, NO_PROXY="127.0.0.1")
    for name in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX", "UV_PYTHON_INSTALL_MIRROR"):
        del torchup.env[name]
    for name in ("PIP_CONFIG_FILE", "UV_NO_CONFIG"):
        del torchup.env[name]
    return torchup


@pytest.fixture
def files(bare: Torchup) -> dict[Path, str]:
    """What pip, uv and conda are told on this machine."""
    home = Path(bare.env["HOME"])
    config = Path(bare.env.get("XDG_CONFIG_HOME", home / ".config"))
    written = {
        config / "pip" / "pip.conf": PIP,
        config / "uv" / "uv.toml": UV,
        home / ".condarc": CONDA,
    }
    for path, said in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said.encode())
    return written


def used(torchup: Torchup) -> dict[str, Any]:
    rows = torchup("mirror", "--json").document("torchup.mirrors/v1")["used"]
    return {one["kind"]: one for one in rows}


def test_the_list_has_every_kind_and_hides_what_is_gone(bare: Torchup) -> None:
    rows = bare("mirror", "list", "--json").document("torchup.mirrors/v1")["mirrors"]
    assert {one["kind"] for one in rows} == {"pypi", "pytorch", "conda", "python"}
    assert all(one["source"] and one["checked"] and one["operator"] for one in rows)
    assert "douban" not in {one["id"] for one in rows}
    everything = bare("mirror", "list", "--all", "--kind", "pypi", "--lang", "zh_CN").out
    assert "douban" in everything
    assert "已停用" in everything


@pytest.mark.slow
def test_a_choice_counts_in_plans_until_it_is_reset(bare: Torchup, server: IndexServer) -> None:
    assert used(bare)["pypi"]["origin"] == "catalogue"
    for kind, path in (("pypi", "simple"), ("pytorch", "whl")):
        done = bare("mirror", "use", server.index(path), "--kind", kind)
        assert done.code == 0, done
        assert server.index(path) in done.out
    assert used(bare)["pytorch"]["url"] == server.index("whl")
    plan = bare("plan", "--cpu", "--json").document("torchup.plan/v1")
    assert plan["stack"]["index_url"] == server.index("whl/cpu")
    assert bare("mirror", "reset", "--kind", "pypi").code == 0
    assert (used(bare)["pypi"]["origin"], used(bare)["pytorch"]["origin"]) == (
        "catalogue",
        "mirror.pytorch",
    )
    assert bare("mirror", "reset", "--dry-run").code == 0
    assert used(bare)["pytorch"]["origin"] == "mirror.pytorch"
    assert bare("mirror", "reset").code == 0
    assert used(bare)["pytorch"]["origin"] == "catalogue"


def test_other_programs_are_told_and_get_back_what_they_had(
    bare: Torchup, files: dict[Path, str]
) -> None:
    foreseen = bare("mirror", "use", "tuna", "--write", "all", "--dry-run")
    assert foreseen.code == 0
    assert foreseen.out.splitlines()[-1].endswith("torchup mirror use tuna --write all")
    assert "+index-url = https://pypi.tuna.tsinghua.edu.cn/simple" in foreseen.out
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    done = bare("mirror", "use", "tuna", "--write", "all", "--json")
    steps = {one["id"]: one["status"] for one in done.document("torchup.outcome/v1")["steps"]}
    assert {steps[f"write-{name}"] for name in ("pip", "uv", "conda")} == {"done"}
    told = [path.read_bytes().decode() for path in files]
    assert all("tuna.tsinghua.edu.cn" in one for one in told)
    assert told[0].startswith(PIP)
    assert "\n" not in told[0].replace("\r\n", "")
    assert "conda-forge # first" in told[2]
    again = bare("mirror", "use", "tuna", "--write", "all", "--json")
    steps = {one["id"]: one["status"] for one in again.document("torchup.outcome/v1")["steps"]}
    assert steps["write-pip"] == "skipped"
    assert bare("mirror", "reset").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())


def test_what_counts_before_a_written_file_is_said(bare: Torchup, files: dict[Path, str]) -> None:
    pip = next(iter(files))
    done = bare("mirror", "use", "tuna", "--write", "pip", PIP_INDEX_URL="https://own.example/s")
    assert "PIP_INDEX_URL" in done.out
    assert bare("mirror", "reset").code == 0
    system = bare.root / "etc"
    (system / "pip").mkdir(parents=True)
    (system / "pip" / "pip.conf").write_text("[install]\nindex-url = https://own.example/s\n")
    done = bare("mirror", "use", "tuna", "--write", "pip", XDG_CONFIG_DIRS=str(system))
    assert str(system) in done.out
    assert "tuna" in pip.read_text()


def test_undo_takes_the_files_back_too(bare: Torchup, files: dict[Path, str]) -> None:
    bare("mirror", "use", "tuna", "--write", "pip")
    assert bare("undo").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(bare: Torchup, files: dict[Path, str], tmp_path: Path) -> None:
    pip = next(iter(files))
    there = tmp_path / "dotfiles"
    pip.rename(there)
    pip.symlink_to(there)
    assert bare("mirror", "use", "bfsu", "--write", "pip").code == 0
    assert pip.is_symlink()
    assert "bfsu" in there.read_text()
    assert bare("mirror", "reset").code == 0
    assert pip.is_symlink()
    assert there.read_bytes().decode() == PIP


def test_of_one_kind_only_what_was_told_of_it_alone_is_taken_back(
    bare: Torchup, files: dict[Path, str]
) -> None:
    pip, uv, _ = files
    assert bare("mirror", "use", "tuna", "--write", "pip").code == 0
    assert bare("mirror", "reset", "--kind", "pypi").code == 0
    assert pip.read_bytes().decode() == PIP
    assert bare("mirror", "use", "nju", "--write", "uv").code == 0
    done = bare("mirror", "reset", "--kind", "pypi")
    assert f"{uv} stays as it is" in " ".join(done.out.split())
    assert uv.read_text() != UV
    assert bare("mirror", "reset").code == 0
    assert uv.read_text() == UV


def test_a_file_that_cannot_be_written(bare: Torchup, files: dict[Path, str]) -> None:
    pip, *others = files
    pip.unlink()
    pip.parent.rmdir()
    pip.parent.write_text("in the way")
    done = bare("mirror", "use", "tuna", "--write", "all", "--json")
    assert (done.code, done.error["code"]) == (3, "kept.unwritable")
    assert all(path.read_bytes().decode() == files[path] for path in others)
    assert not bare.config.exists()


@pytest.mark.parametrize(
    ("which", "data"),
    [
        ("pip", "[global]\n名".encode("utf-16")),
        ("pip", b"index-url = x\n"),
        ("uv", b"# \xd6\xd0\n"),
        ("uv", b"a = [\n"),
        ("conda", b"channels: [\n"),
    ],
)
def test_a_file_that_its_own_program_cannot_read_is_left_alone(
    which: str, data: bytes, bare: Torchup, files: dict[Path, str]
) -> None:
    path = list(files)[("pip", "uv", "conda").index(which)]
    path.write_bytes(data)
    done = bare("mirror", "use", "tuna", "--write", "all", "--json")
    assert (done.code, done.error["code"]) == (1, "mirror.config-malformed")
    assert str(path) in done.error["message"]
    assert path.read_bytes() == data
    assert not bare.config.exists()


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("use",), 2, "mirror.name-needed"),
        (("use", "tuan"), 2, "mirror.unknown-but"),
        (("use", "mirrors.example.cn/simple"), 2, "mirror.no-scheme"),
        (("use", "https:/x", "--kind", "pypi"), 2, "mirror.not-an-address"),
        (("use", "https://mirrors.example.cn/simple"), 2, "mirror.kind-needed"),
        (("use", "douban"), 1, "mirror.gone"),
        (("use", ""), 2, "mirror.name-needed"),
        (("use", "https://a b/simple", "--kind", "pypi"), 2, "mirror.not-an-address"),
        (("list", "--write", "pip"), 2, "mirror.usage"),
        (("auto", "tuna"), 2, "mirror.usage"),
        (("use", "pypi=tuna", "nju"), 2, "mirror.mixed"),
        (("use", "pypi=tuna", "--kind", "python"), 2, "mirror.mixed"),
        (("use", "pypi="), 2, "mirror.unknown"),
        (("use", "pypi=douban"), 1, "mirror.gone"),
        (("test", "--offline"), 3, "mirror.offline"),
    ],
)
def test_wrong_inputs(words: tuple[str, ...], status: int, code: str, bare: Torchup) -> None:
    done = bare("mirror", *words, "--json")
    assert (done.code, done.error["code"]) == (status, code)
    assert done.error["hint"]


def test_an_address_that_answers_with_a_web_page_is_not_chosen(
    bare: Torchup, server: IndexServer
) -> None:
    server.faults["/simple/"] = "login"
    done = bare("mirror", "use", server.index(), "--kind", "pypi", "--json")
    assert (done.code, done.error["code"]) == (1, "mirror.not-index")
    done = bare("mirror", "use", server.index("typo"), "--kind", "pypi", "--json")
    assert (done.code, done.error["code"]) == (1, "mirror.not-index")
    assert used(bare)["pypi"]["origin"] == "catalogue"


def test_a_setting_that_nobody_knows_is_one_error(bare: Torchup) -> None:
    bare.config.parent.mkdir(parents=True, exist_ok=True)
    bare.config.write_text('[mirror]\npypi = "tuan"\n')
    done = bare("mirror", "--json")
    assert (done.code, done.error["code"]) == (2, "mirror.unknown-but")
    assert bare("mirror", "reset").code == 0
    assert bare("mirror", "--json").code == 0


@pytest.mark.slow
def test_places_are_compared_by_the_planned_file(
    bare: Torchup, server: IndexServer, world: Path
) -> None:
    with IndexServer(world).start() as other:
        ours = [one.index("whl") for one in (other, server)]
        assert bare("mirror", "use", *ours, "--kind", "pytorch").code == 0
        other.faults["/whl/cpu/torch/"] = "404"
        options = ("--kind", "pytorch", "--for", "torch==2.13.0")
        done = bare("mirror", "test", *ours, *options, "--json")
        rows = {one["mirror"]: one for one in done.document("torchup.mirrors/v1")["measured"]}
        assert done.code == 0
        assert (rows[ours[0]]["holds"], rows[ours[0]]["rate"]) == ("no", None)
        assert rows[ours[1]]["holds"] == "yes"
        assert rows[ours[1]]["rate"] > 0
        assert rows[ours[1]]["url"].endswith(f"torch-2.13.0%2Bcpu-{TAG}.whl")
        shown = bare("mirror", "test", *ours, *options, "--lang", "zh_CN")
        assert "没有" in shown.out
        done = bare("mirror", "auto", *options)
        assert done.code == 0, done
    assert used(bare)["pytorch"]["url"] == ours[1]


@pytest.mark.slow
def test_nobody_answers(bare: Torchup) -> None:
    done = bare("mirror", "auto", "--kind", "pytorch", "--json")
    assert (done.code, done.error["code"]) == (3, "mirror.none-usable")


def test_repair_takes_a_retired_mirror_out(bare: Torchup, files: dict[Path, str]) -> None:
    pip = next(iter(files))
    old = "[global]\nindex-url = http://pypi.douban.com/simple\ntrusted-host = pypi.douban.com\n"
    pip.write_text(old)
    assert bare("repair", "--finding", "mirror-retired", "--offline").code == 0
    assert pip.read_text() == "[global]\n"
    assert bare("undo").code == 0
    assert pip.read_text() == old


def site(root: Path, url: str, **more: str) -> str:
    """A site's facts with a mirror of its own; return the folder."""
    row = {
        "kind": "pypi",
        "id": "campus",
        "name": "Campus",
        "url": url,
        "layout": "index",
        "operator": "the computing centre",
        "state": "alive",
        "certainty": "measured",
        **more,
    }
    said = "\n".join(f'{key} = "{value}"' for key, value in row.items() if value)
    head = 'checked = 2026-11-30\n\n[sources]\nwiki = "https://wiki.example"\n\n[[mirrors]]\n'
    folder = root / "site"
    folder.mkdir()
    (folder / "mirrors.toml").write_text(f'{head}{said}\nsource = ["wiki"]\n')
    return str(folder)


def test_a_site_s_own_mirror_is_known_by_its_name(bare: Torchup, server: IndexServer) -> None:
    bare.env["TORCHUP_FACTS_OVERLAY"] = site(bare.root, server.index())
    listed = bare("mirror", "list", "--json").document("torchup.mirrors/v1")["mirrors"]
    assert "campus" in {one["id"] for one in listed}
    done = bare("mirror", "use", "campus")
    assert done.code == 0, done
    assert used(bare)["pypi"]["url"] == server.index()
    tested = bare("mirror", "test", "campus", "--json").document("torchup.mirrors/v1")
    assert [one["mirror"] for one in tested["measured"]] == ["campus"]


def test_a_site_s_mirrors_that_can_not_be_read_are_said(bare: Torchup) -> None:
    bare.env["TORCHUP_FACTS_OVERLAY"] = site(bare.root, "http://127.0.0.1:9/simple", operator="")
    for words in (("list",), ("use", "campus"), ("status",)):
        done = bare("mirror", *words, "--json")
        assert (done.code, done.error["code"]) == (2, "facts.overlay-bad"), done
        assert "operator" in done.error["message"]


def test_undo_takes_the_choice_back_with_the_files(bare: Torchup, files: dict[Path, str]) -> None:
    bare.config.parent.mkdir(parents=True, exist_ok=True)
    bare.config.write_text('# mine\nlang = "en"\n')
    assert bare("mirror", "use", "nju", "--kind", "pypi").code == 0
    assert bare("mirror", "use", "tuna", "--write", "all").code == 0
    assert bare("undo").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    assert used(bare)["pypi"]["mirror"] == "nju"
    assert bare("undo").code == 0
    assert bare.config.read_text() == '# mine\nlang = "en"\n'


def test_undo_takes_a_reset_back(bare: Torchup) -> None:
    assert bare("mirror", "use", "tuna", "--kind", "pypi").code == 0
    assert bare("mirror", "reset").code == 0
    assert used(bare)["pypi"]["origin"] == "catalogue"
    assert bare("undo").code == 0
    assert used(bare)["pypi"]["mirror"] == "tuna"


def test_a_reset_outlives_other_settings(bare: Torchup, files: dict[Path, str]) -> None:
    assert bare("mirror", "use", "tuna", "--write", "pip").code == 0
    assert bare("config", "set", "lang", "zh_CN").code == 0
    assert bare("mirror", "reset").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    assert "zh_CN" in bare.config.read_text()


def test_undo_of_a_reset_tells_the_programs_again(bare: Torchup, files: dict[Path, str]) -> None:
    assert bare("mirror", "use", "tuna", "--write", "all").code == 0
    assert bare("mirror", "use", "nju", "--write", "pip").code == 0
    told = {path: path.read_bytes() for path in (*files, bare.config)}
    assert bare("mirror", "reset").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    assert "mirror.nothing" not in bare("mirror", "reset").out
    assert bare("undo").code == 0
    assert {path: path.read_bytes() for path in told} == told
    # What told them counts again: it can be undone, one by one, or reset again.
    assert bare("undo").code == 0
    assert b"tuna" in next(iter(files)).read_bytes()
    assert bare("mirror", "reset").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())


def test_a_choice_is_undone_after_other_settings_were_changed(
    bare: Torchup, files: dict[Path, str]
) -> None:
    assert bare("mirror", "use", "pypi=nju").code == 0
    assert bare("mirror", "use", "tuna", "--write", "all").code == 0
    assert bare("config", "set", "lang", "zh_CN").code == 0
    (last, *_) = bare("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    assert last["undoable"]
    shown = bare("undo", "--lang", "en")
    assert "other settings stay" in " ".join(shown.out.split())
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    assert used(bare)["pypi"]["mirror"] == "nju"
    assert "zh_CN" in bare.config.read_text()
    assert bare("undo").code == 0
    assert "pypi" not in bare.config.read_text()
    assert "zh_CN" in bare.config.read_text()
    # A choice that somebody made by hand since is theirs.
    assert bare("mirror", "use", "pypi=nju").code == 0
    assert bare("config", "set", "mirror.pypi", "aliyun").code == 0
    assert bare("undo", "--json").error["code"] == "kept.changed-since"
    assert used(bare)["pypi"]["mirror"] == "aliyun"


def test_an_undo_that_was_stopped_half_way_is_made_again(
    bare: Torchup, files: dict[Path, str]
) -> None:
    assert bare("mirror", "use", "pypi=tuna", "--write", "all").code == 0
    assert bare("config", "set", "lang", "zh_CN").code == 0
    assert bare("config", "unset", "mirror.pypi").code == 0  # as far as the first one came
    assert bare("undo").code == 0
    assert all(path.read_bytes().decode() == said for path, said in files.items())
    assert "zh_CN" in bare.config.read_text()


def test_what_was_only_tried_shows_no_password(bare: Torchup) -> None:
    own = "https://ada:pw@own.example/simple"
    done = bare("mirror", "use", own, "--kind", "pypi", "--offline", "--dry-run")
    assert done.code == 0
    assert "torchup mirror use" in done.out
    assert ":pw@" not in done.out
    done = bare("mirror", "reset", "--dry-run")
    assert "mirror reset" not in done.out, "nothing would be reset"


def test_each_kind_by_its_own_name(bare: Torchup) -> None:
    assert bare("mirror", "use", "pypi=tuna", "python=nju", "pypi=aliyun").code == 0
    found = used(bare)
    assert (found["pypi"]["mirror"], found["python"]["mirror"]) == ("tuna", "nju")
    assert "aliyun" in found["pypi"]["standby"][0]
    assert found["conda"]["origin"] == "catalogue"


def test_a_login_that_is_not_shown_is_not_lost(bare: Torchup) -> None:
    own = "https://ada:pw@own.example/simple"
    assert bare("mirror", "use", own, "--kind", "pypi", "--offline").code == 0
    masked = "pypi=https://***@own.example/simple"
    assert bare("mirror", "use", masked, "pypi=tuna", "--offline").code == 0
    assert own in bare.config.read_text()
    assert "***" not in bare.config.read_text()


@pytest.mark.slow
def test_a_race_is_told_line_by_line(bare: Torchup, server: IndexServer) -> None:
    place = server.index("whl")
    options = ("--kind", "pytorch", "--for", "torch==2.13.0", "--json", "--progress", "json")
    done = bare("mirror", "test", place, "https://gone.invalid/whl", *options)
    told = [msgspec.json.decode(line) for line in done.err.splitlines()]
    ours = [one for one in told if one["place"] == place]
    assert [one["state"] for one in ours] == ["asking", "measuring", "done"]
    assert (ours[-1]["holds"], ours[-1]["fresh"]) == ("yes", "2.14.1")
    assert ours[-1]["rate"] > 0
    gone = [one for one in told if one["mirror"] == "https://gone.invalid/whl"][-1]
    assert (gone["state"], gone["holds"]) == ("done", "unknown")
    assert gone["code"]
    assert done.document("torchup.mirrors/v1")["best"] == [f"pytorch={place}"]


def test_a_reset_that_cannot_be_whole_forgets_nothing(
    bare: Torchup, files: dict[Path, str]
) -> None:
    assert bare("mirror", "use", "pypi=tuna", "--write", "pip").code == 0
    (pip,) = (path for path in files if "pip" in path.name)
    pip.write_text(pip.read_text() + "# mine\n")
    for more in (("--dry-run",), ()):
        done = bare("mirror", "reset", *more, "--json")
        assert (done.code, done.error["code"]) == (1, "kept.changed-since"), done
        assert used(bare)["pypi"]["mirror"] == "tuna"


def test_the_token_of_a_channel_is_not_in_what_would_change(bare: Torchup) -> None:
    (bare.root / ".condarc").write_text(
        "channels:\n  - https://conda.anaconda.org/t/ab-SECRET/mine\n  - defaults\n"
    )
    done = bare("mirror", "use", "conda=tuna", "--write", "conda", "--offline", "--dry-run")
    assert done.code == 0, done
    assert "ab-SECRET" not in done.out + done.err
    assert "/t/***/mine" in done.out
