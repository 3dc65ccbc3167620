from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.sources.page import knows_project, wheels_of
from torchup.sources.simple_html import parse_html
from torchup.sources.simple_json import parse_json

URL = "https://index.example/simple/torch/"
HASH = "ab" * 32


def html(text: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{text}</body></html>".encode()


def test_a_link_with_everything() -> None:
    body = html(
        f'<a href="../../files/torch-2.13.0%2Bcu126-cp311-cp311-win_amd64.whl#sha256={HASH}"'
        ' data-requires-python="&gt;=3.10,&lt;3.15" data-yanked="bad"'
        ' data-core-metadata="sha256=00">torch</a>'
    )
    (file,) = wheels_of("Torch", parse_html(body, URL).entries)
    assert file.url == (
        "https://index.example/files/torch-2.13.0%2Bcu126-cp311-cp311-win_amd64.whl"
    )
    assert file.filename == "torch-2.13.0+cu126-cp311-cp311-win_amd64.whl"
    assert (file.version, file.build, file.sha256) == ("2.13.0", "cu126", HASH)
    assert file.requires_python == ">=3.10,<3.15"
    assert file.yanked
    assert file.has_metadata


def test_the_base_element_moves_relative_links() -> None:
    body = html('<base href="https://cdn.example/a/"><a href="t-1.0-py3-none-any.whl">t</a>')
    (entry,) = parse_html(body, URL).entries
    assert entry.url == "https://cdn.example/a/t-1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('data-dist-info-metadata="true"', True),
        ('data-core-metadata="false" data-dist-info-metadata="sha256=1"', False),
        ("", False),
    ],
)
def test_metadata_attributes(attribute: str, expected: bool) -> None:
    body = html(f'<a href="t-1.0-py3-none-any.whl" {attribute}>t</a>')
    assert parse_html(body, URL).entries[0].has_metadata is expected


def test_other_projects_and_broken_links_are_passed_over() -> None:
    body = html(
        '<a href="torch-1.0-py3-none-any.whl">1</a><a href="torchx-1.0-py3-none-any.whl">2</a>'
        '<a href="torch-1.0.tar.gz">3</a><a href="http://[bad/x-1.whl">4</a><a>5</a>'
        '<a href="javascript:torch-2.0-py3-none-any.whl">6</a>'
    )
    entries = parse_html(body, URL).entries
    assert [file.filename for file in wheels_of("torch", entries)] == ["torch-1.0-py3-none-any.whl"]


def test_a_project_with_source_archives_only_is_known() -> None:
    entries = parse_html(html('<a href="foo_bar-1.0.tar.gz">x</a>'), URL).entries
    assert wheels_of("foo-bar", entries) == ()
    assert knows_project("foo-bar", entries)
    assert not knows_project("foo", entries)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!DOCTYPE html><html><body></body></html>",
        "<title>Links for torch</title><h1>Links for torch</h1>",
        '<meta name="pypi:repository-version" content="1.3"><p>nothing yet</p>',
        (
            "<title>Index of /simple/torch</title><h1>Index of /simple/torch</h1>"
            '<a href="?C=N;O=D">Name</a><a href="../">Parent Directory</a>'
        ),
    ],
)
def test_empty_index_pages(body: str) -> None:
    assert parse_html(body.encode(), URL).why is None


@pytest.mark.parametrize(
    "body",
    [
        "<title>Welcome</title><form action=/login><input name=user></form>",
        "<title>Links for you</title><script>x()</script>",
        "<h1>It works!</h1>",
        '<a href="https://shop.example/offers">Offers</a>',
        "please log in",
    ],
)
def test_pages_of_something_else(body: str) -> None:
    why = parse_html(body.encode(), URL).why
    assert why is not None
    assert why.code == "sources.not-an-index"


def test_a_newer_major_version_is_refused() -> None:
    page = '<meta name="pypi:repository-version" content="2.0"><a href="t-1-py3-none-any.whl">t</a>'
    for parsed in (
        parse_html(page.encode(), URL),
        parse_json(b'{"meta": {"api-version": "2.0"}, "files": []}', URL),
    ):
        assert parsed.why is not None
        assert (parsed.why.code, parsed.why.args["why"]) == ("sources.api-version", "2.0")


def test_json_with_everything() -> None:
    files = [
        {
            "filename": "torch-2.13.0+cu126-cp311-cp311-win_amd64.whl",
            "url": "../../files/torch-2.13.0%2Bcu126-cp311-cp311-win_amd64.whl",
            "hashes": {"sha256": HASH.upper()},
            "size": 12,
            "requires-python": ">=3.10",
            "yanked": "because",
            "core-metadata": {"sha256": HASH},
        },
        {"filename": "torch-2.13.0.tar.gz", "url": "x", "hashes": {}},
        {"filename": 3},
        "nonsense",
    ]
    body = json.dumps({"meta": {"api-version": "1.4"}, "name": "torch", "files": files}).encode()
    (file,) = wheels_of("torch", parse_json(body, URL).entries)
    assert file.url.startswith("https://index.example/files/torch-2.13.0%2Bcu126")
    assert (file.sha256, file.size, file.yanked, file.has_metadata) == (HASH, 12, True, True)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"meta": {"api-version": "1.0"}}', b"\xff"])
def test_json_of_something_else(body: bytes) -> None:
    why = parse_json(body, URL).why
    assert why is not None
    assert why.code == "sources.not-an-index"


def test_logins_do_not_reach_messages() -> None:
    why = parse_html(b"hello", "https://ada:secret@index.example/simple/").why
    assert why is not None
    assert "secret" not in why.args["url"]


_markup = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "<a href='",
                "'>",
                "<!--",
                "<![CDATA[",
                "<base href=",
                "&#x",
                "</",
                "torch-1.0-py3-",
                "]]>",
            ]
        ),
    )
).map("".join)


@fuzzed
@given(st.one_of(st.binary(), _markup.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_no_html_is_too_strange(body: bytes) -> None:
    wheels_of("torch", parse_html(body, URL).entries)


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["filename", "url", "hashes", "size", "yanked", "core-metadata", "sha256"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@fuzzed
@given(st.one_of(st.binary(), _json.map(lambda v: json.dumps(v).encode())))
def test_no_json_is_too_strange(body: bytes) -> None:
    parse_json(body, URL)


@fuzzed
@given(_json)
def test_no_file_entry_is_too_strange(files: object) -> None:
    body = json.dumps({"meta": {"api-version": "1.0"}, "files": [files]}).encode()
    wheels_of("torch", parse_json(body, URL).entries)
