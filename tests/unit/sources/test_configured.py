from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.sources.configured import configured_sources, framework_source
from torchup.words import Words
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from torchup.model import SourceSet

PYPI = "https://pypi.org/simple"
FRAMEWORK = "https://download.example/whl"
HOME = {"HOME": "/home/ada"}


def configured(host: FileHost) -> SourceSet:
    return configured_sources(host, FRAMEWORK, PYPI)


def urls(found: SourceSet) -> tuple[str, list[str], list[str]]:
    return found.primary.url, [s.url for s in found.extras], [s.url for s in found.links]


def test_a_bare_machine_uses_the_default_index() -> None:
    found = configured(FileHost(env=HOME))
    assert urls(found) == (PYPI, [], [])
    assert (found.primary.kind, found.primary.role) == ("index", "primary")
    assert (found.framework_base, found.framework_origin) == (FRAMEWORK, "catalogue")
    assert found.problems == ()


def test_pips_files_are_read_in_pips_order() -> None:
    files = {
        "/etc/xdg/pip/pip.conf": "[global]\nindex-url = https://xdg/simple\n",
        "/etc/pip.conf": "[global]\nindex-url = https://etc/simple\nfind-links = /wheels\n",
        "/home/ada/.pip/pip.conf": "[global]\nextra_index_url = https://legacy/simple\n",
        "/home/ada/.config/pip/pip.conf": (
            "[global]\nextra-index-url =\n    https://one/simple\n    https://two/simple\n"
        ),
    }
    found = configured(FileHost(env=HOME, files=files, folders=("/wheels",)))
    assert urls(found) == (
        "https://etc/simple",
        ["https://one/simple", "https://two/simple"],
        ["file:///wheels"],
    )
    assert found.primary.origin == "/etc/pip.conf"
    assert found.links[0].kind == "folder"


def test_pips_install_section_beats_global_of_a_later_file() -> None:
    files = {
        "/etc/pip.conf": "[install]\nindex-url = https://install/simple\n",
        "/home/ada/.config/pip/pip.conf": "[global]\nindex-url = https://global/simple\n",
    }
    assert configured(FileHost(env=HOME, files=files)).primary.url == "https://install/simple"


def test_pips_variables_beat_its_files_and_empty_ones_do_not_count() -> None:
    files = {"/etc/pip.conf": "[global]\nindex-url = https://etc/simple\nfind-links = /a\n"}
    env = {**HOME, "PIP_INDEX_URL": "", "PIP_FIND_LINKS": "/b  https://web/list.html"}
    found = configured(FileHost(env=env, files=files))
    assert urls(found) == ("https://etc/simple", [], ["file:///b", "https://web/list.html"])


@pytest.mark.parametrize("nowhere", ["/dev/null", "nul"])
def test_pip_config_file_devnull_means_no_files(nowhere: str) -> None:
    files = {"/etc/pip.conf": "[global]\nindex-url = https://etc/simple\n"}
    env = {**HOME, "PIP_CONFIG_FILE": nowhere}
    assert configured(FileHost(env=env, files=files)).primary.url == PYPI


def test_pip_config_file_stands_in_for_the_users_file() -> None:
    files = {
        "/home/ada/.config/pip/pip.conf": "[global]\nextra-index-url = https://user/simple\n",
        "/own.conf": "[global]\nindex-url = https://own/simple\n",
    }
    env = {**HOME, "PIP_CONFIG_FILE": "/own.conf"}
    assert urls(configured(FileHost(env=env, files=files))) == ("https://own/simple", [], [])


def test_uvs_word_wins_for_the_primary_and_the_rest_is_united() -> None:
    env = {
        **HOME,
        "PIP_INDEX_URL": "https://pip/simple",
        "PIP_EXTRA_INDEX_URL": "https://both/simple/ https://pip-only/simple",
        "UV_DEFAULT_INDEX": "corp=https://uv/simple",
        "UV_INDEX": "a=https://both/simple https://uv-only/simple",
        "UV_FIND_LINKS": "/one,/two",
    }
    assert urls(configured(FileHost(env=env))) == (
        "https://uv/simple",
        ["https://both/simple", "https://uv-only/simple", "https://pip-only/simple"],
        ["file:///one", "file:///two"],
    )


def test_uvs_files_give_indexes_links_and_the_pip_table() -> None:
    user = """
    find-links = ["wheels", "https://web/all.html"]
    [[index]]
    name = "mine"
    url = "https://mine/simple"
    default = true
    [[index]]
    url = "https://flat/wheels"
    format = "flat"
    [[index]]
    url = "https://secret/simple"
    explicit = true
    [pip]
    extra-index-url = ["https://extra/simple"]
    """
    system = 'index-url = "https://system/simple"\nextra-index-url = ["https://sys-extra/simple"]'
    files = {"/home/ada/.config/uv/uv.toml": user, "/etc/uv/uv.toml": system}
    found = configured(FileHost(env=HOME, files=files))
    assert urls(found) == (
        "https://mine/simple",
        ["https://flat/wheels", "https://extra/simple", "https://sys-extra/simple"],
        ["file:///home/ada/.config/uv/wheels", "https://web/all.html"],
    )
    assert [one.kind for one in found.extras] == ["links", "index", "index"]
    assert [one.kind for one in found.links] == ["folder", "links"]


def test_uv_no_config_and_uv_config_file() -> None:
    files = {
        "/etc/uv/uv.toml": 'index-url = "https://system/simple"',
        "/own.toml": 'index-url = "https://own/simple"',
    }
    none = FileHost(env={**HOME, "UV_NO_CONFIG": "1"}, files=files)
    own = FileHost(env={**HOME, "UV_CONFIG_FILE": "/own.toml"}, files=files)
    assert configured(none).primary.url == PYPI
    assert configured(own).primary.url == "https://own/simple"


def test_windows_places_and_paths() -> None:
    env = {
        "APPDATA": "C:\\Users\\Ada\\AppData\\Roaming",
        "USERPROFILE": "C:\\Users\\Ada",
        "PIP_FIND_LINKS": "~\\wheels D:\\more",
    }
    files = {
        "C:\\Users\\Ada\\AppData\\Roaming\\pip\\pip.ini": "[global]\nindex-url=https://win/simple\n"
    }
    found = configured(FileHost(env=env, files=files, system="windows"))
    assert urls(found) == (
        "https://win/simple",
        [],
        ["file:///C:/Users/Ada/wheels", "file:///D:/more"],
    )


def test_macos_places() -> None:
    library = "/Users/ada/Library/Application Support/pip"
    files = {
        f"{library}/pip.conf": "[global]\nindex-url = https://mac/simple\n",
        "/Users/ada/.config/pip/pip.conf": "[global]\nindex-url = https://xdg/simple\n",
    }
    env = {"HOME": "/Users/ada"}
    with_folder = FileHost(env=env, files=files, folders=(library,), system="macos")
    without = FileHost(env=env, files=files, system="macos")
    assert configured(with_folder).primary.url == "https://mac/simple"
    assert configured(without).primary.url == "https://xdg/simple"


def test_find_links_paths() -> None:
    env = {**HOME, "PIP_FIND_LINKS": "wh ~/wheels file:///abs/wh ./../list.html"}
    found = configured(FileHost(env=env, cwd="/srv/project"))
    assert [(one.url, one.kind) for one in found.links] == [
        ("file:///srv/project/wh", "folder"),
        ("file:///home/ada/wheels", "folder"),
        ("file:///abs/wh", "folder"),
        ("file:///srv/list.html", "links"),
    ]


def test_variables_in_addresses_are_expanded_and_unset_ones_stay() -> None:
    env = {**HOME, "TOKEN": "s3cret", "PIP_INDEX_URL": "https://${TOKEN}@corp/${UNSET_X}/simple"}
    assert configured(FileHost(env=env)).primary.url == "https://s3cret@corp/${UNSET_X}/simple"


def test_per_build_indexes_are_known_by_their_address() -> None:
    env = {
        **HOME,
        "PIP_EXTRA_INDEX_URL": (
            "https://x/whl/cu126 https://x/whl/rocm6.4/ https://x/whl/xpu https://x/cpu https://x/s"
        ),
        "PIP_FIND_LINKS": "https://x/whl/cu113/stable.html /wheels/cu118",
    }
    found = configured(FileHost(env=env))
    assert [one.build for one in found.extras] == ["cu126", "rocm6.4", "xpu", "cpu", None]
    assert [one.build for one in found.links] == ["cu113", "cu118"]


def test_the_frameworks_base_can_be_named() -> None:
    env = {**HOME, "TORCHUP_FRAMEWORK_INDEX": "https://mirror/whl/"}
    found = configured(FileHost(env=env))
    assert found.framework_base == "https://mirror/whl"
    assert found.framework_origin == "TORCHUP_FRAMEWORK_INDEX"
    source = framework_source(found, "cu126")
    assert (source.url, source.build, source.role) == (
        "https://mirror/whl/cu126",
        "cu126",
        "framework",
    )


def test_no_index_leaves_the_links_only() -> None:
    env = {
        **HOME,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "/a /b",
        "PIP_EXTRA_INDEX_URL": "https://e",
    }
    found = configured(FileHost(env=env))
    assert urls(found) == ("file:///a", [], ["file:///b"])
    assert (found.primary.role, found.primary.kind) == ("primary", "folder")


def test_no_index_without_links_is_a_problem() -> None:
    found = configured(FileHost(env={**HOME, "PIP_NO_INDEX": "true"}))
    assert found.primary.url == ""
    assert [one.code for one in found.problems] == ["sources.no-index-no-links"]


def test_an_index_named_to_uv_wins_over_pips_no_index() -> None:
    env = {**HOME, "PIP_NO_INDEX": "1", "UV_DEFAULT_INDEX": "https://uv/simple"}
    assert configured(FileHost(env=env)).primary.url == "https://uv/simple"


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("/etc/pip.conf", b"[global]\nindex-url = \xff\xfe\n", "sources.config-not-utf8"),
        ("/etc/pip.conf", b"index-url = x\n", "sources.config-malformed"),
        ("/etc/pip.conf", b"[global]\na=1\na=2\n", "sources.config-malformed"),
        ("/etc/uv/uv.toml", b"[[index]\n", "sources.config-malformed"),
        ("/etc/uv/uv.toml", b"x = '\xff'", "sources.config-not-utf8"),
        ("/etc/uv/uv.toml", b"index-url = 3\n", "sources.config-value"),
        ("/etc/uv/uv.toml", b"extra-index-url = [1]\n", "sources.config-value"),
        ("/etc/uv/uv.toml", b"index = ['x']\n", "sources.config-value"),
    ],
)
def test_malformed_files_become_problems(path: str, content: bytes, code: str) -> None:
    found = configured(FileHost(env=HOME, files={path: content}))
    assert found.primary.url == PYPI
    assert [one.code for one in found.problems] == [code]


def test_a_login_in_a_malformed_line_is_not_shown() -> None:
    files = {"/etc/pip.conf": "index-url = https://ada:secret@corp/simple\n"}
    (problem,) = configured(FileHost(env=HOME, files=files)).problems
    assert "***@corp" in Words().text(problem)
    assert "secret" not in Words().text(problem)


@fuzzed
@given(st.binary(), st.binary(), st.text(), st.text())
def test_no_configuration_is_too_strange(pip: bytes, uv: bytes, url: str, links: str) -> None:
    env = {**HOME, "PIP_INDEX_URL": url, "UV_INDEX": url, "PIP_FIND_LINKS": links}
    files = {"/etc/pip.conf": b"[global]\n" + pip, "/etc/uv/uv.toml": uv}
    for system in ("linux", "windows"):
        host = FileHost(env=env, files=files, system=system)
        assert configured(host).framework_base == FRAMEWORK
