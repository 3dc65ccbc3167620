"""Editing uv's configuration: what is asked for changes, and nothing else."""

from __future__ import annotations

import pytest
from tomlkit import parse

from torchup.integrate.pip_conf import NotPlainError
from torchup.integrate.uv_toml import PYTHON_MIRROR, UvToml

URL = "https://mirror.example/simple"


def with_index(text: str) -> str:
    file = UvToml(text.encode())
    file.set_default_index(URL)
    assert file.default_index == URL
    return file.data().decode()


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("", f'[[index]]\nurl = "{URL}"\ndefault = true\n'),
        ('index-url = "a" # old\n', f'index-url = "{URL}" # old\n'),
        ('[pip]\nindex-url = "a"\n', f'[pip]\nindex-url = "{URL}"\n'),
        (
            '# mine\n[[index]]\nname = "x"\nurl = "a"\ndefault = true # yes\n',
            f'# mine\n[[index]]\nname = "x"\nurl = "{URL}"\ndefault = true # yes\n',
        ),
    ],
)
def test_the_default_index_is_set_in_its_place(before: str, then: str) -> None:
    assert with_index(before) == then


def test_further_indexes_stay() -> None:
    said = parse(with_index('[[index]]\nname = "own"\nurl = "https://own/simple"\n')).unwrap()
    assert [one.get("default", False) for one in said["index"]] == [False, True]
    said = parse(with_index('index = [{ url = "https://own/simple" }]\n')).unwrap()
    assert [one["url"] for one in said["index"]] == ["https://own/simple", URL]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# head\n",
        'cache-dir = "/x"',
        "# of pip\n[pip]\nno-build = true\n",
        '[[index]]\nurl = "a"\n',
    ],
)
def test_a_key_stands_before_every_table(before: str) -> None:
    file = UvToml(before.encode())
    file.set(PYTHON_MIRROR, URL)
    said = file.data().decode()
    assert parse(said).unwrap() == {**parse(before).unwrap(), PYTHON_MIRROR: URL}
    assert all(line in said.splitlines() for line in before.splitlines())


@pytest.mark.parametrize("data", [b"\xd6\xd0", b"a = [", b"a = 1\na = 2"])
def test_what_uv_cannot_read_is_not_edited(data: bytes) -> None:
    with pytest.raises(NotPlainError):
        UvToml(data)


@pytest.mark.parametrize("text", ['index = ""\n', 'index.- = ""\n', "index = 1\n"])
def test_what_is_no_list_of_indexes_is_left_alone(text: str) -> None:
    with pytest.raises(NotPlainError):
        with_index(text)
