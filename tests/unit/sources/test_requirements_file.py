"""pip's requirements files, as people have them."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_LE

import pytest

from torchup.errors import UsageError
from torchup.model import Source, SourceSet
from torchup.sources.named import NamedPlace, with_named
from torchup.sources.requirements_file import RequirementsFile, read_requirements
from unit.sources.fakehost import FileHost

PIN = "six==1.17.0"


def read(text: str | bytes, **others: str | bytes) -> RequirementsFile:
    files = {"/srv/all.txt": text} | {f"/srv/{name}.txt": one for name, one in others.items()}
    host = FileHost(files=files, env={"TOKEN": "t0k", "lower": "no"})
    return read_requirements(host, ["/srv/all.txt"])


def refused(text: str | bytes, **others: str | bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(text, **others)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        PIN.encode(),
        BOM_UTF8 + PIN.encode(),
        BOM_UTF16_LE + PIN.encode("utf-16-le"),
        PIN.encode("utf-16"),
        f"{PIN}\r\n".encode("utf-16"),
        f"\r\n{PIN}\r\n\r\n".encode(),
        f"# é\n  {PIN}   # why\n".encode(),
        b"six\\\n==1.17.0",
        b"six\\\r\n==1.17.0\\",
    ],
    ids=range(9),
)
def test_encodings_line_ends_comments_and_continuations(data: bytes) -> None:
    assert read(data).packages == (PIN,)


def test_a_comment_ends_a_continuation_and_no_address() -> None:
    text = "a==1 \\\n# why\nb @ https://x.test/b-1.0.tar.gz#sha256=aa\n"
    assert read(text).packages == ("a==1", "b @ https://x.test/b-1.0.tar.gz#sha256=aa")


def test_markers_extras_and_odd_specifiers_stay_as_they_are() -> None:
    lines = [
        "a[x,y]>=1,<2 ; python_version < '3.13'",
        "b~=1.0; sys_platform == \"win32\" and extra == 'gpu'",
        "c (>=1.0)",
        "D.e_f===1.0",
    ]
    assert list(read("\n".join(lines)).packages) == lines


def test_nested_files_and_constraints_each_once() -> None:
    found = read(
        "-r more.txt\n--constraint=limits.txt\na\n",
        more="-r all.txt\n-rdeep.txt\nb\n",
        deep="c\n-c limits.txt\n",
        limits="d<1\n-r also.txt\n",
        also="e<2\n",
    )
    assert found.packages == ("c", "b", "a")
    assert found.constraints == ("d<1", "e<2")


def test_hashes_belong_to_their_package() -> None:
    text = (
        f"Zope.Thing==1.0 \\\n  --hash=sha256:{'A' * 4} \\\n  --hash=sha512:bb\n"
        "zope-thing==1.0 ; python_version > '3' --hash sha256:aaaa\nb\n"
    )
    (hashes,) = read(text).hashes
    assert (hashes.name, hashes.hashes) == ("zope-thing", ("sha256:aaaa", "sha512:bb"))


def test_places_are_named_with_file_and_line() -> None:
    found = read(
        "-i https://a.test/simple\n--extra-index-url=https://u:${TOKEN}@b.test/simple\n"
        "-f wheels\n--find-links https://${lower}/page.html\n"
    )
    assert [(one.kind, one.url, one.origin) for one in found.places] == [
        ("index", "https://a.test/simple", "/srv/all.txt:1"),
        ("extra", "https://u:t0k@b.test/simple", "/srv/all.txt:2"),
        ("links", "/srv/wheels", "/srv/all.txt:3"),
        ("links", "https://${lower}/page.html", "/srv/all.txt:4"),
    ]


def test_what_is_not_followed_is_named() -> None:
    found = read("--pre\n--only-binary :all:\n--no-index\na --config-settings=x=y\n")
    assert [(one.subject, one.about) for one in found.notes] == [
        ("--pre", "/srv/all.txt:1"),
        ("--only-binary :all:", "/srv/all.txt:2"),
        ("--no-index", "/srv/all.txt:3"),
        ("--config-settings x=y", "/srv/all.txt:4"),
    ]
    assert {one.effect for one in found.notes} == {"warn"}


def test_addresses_alone_get_their_names() -> None:
    found = read(
        "https://x.test/a_b-1.0-py3-none-any.whl\ngit+https://x.test/repo.git@v1#egg=thing\n"
    )
    assert found.packages == (
        "a_b @ https://x.test/a_b-1.0-py3-none-any.whl",
        "thing @ git+https://x.test/repo.git@v1",
    )


def test_a_wheel_beside_the_file() -> None:
    wheel = "/srv/dist/c-2.0-py3-none-any.whl"
    host = FileHost(files={"/srv/all.txt": "dist/c-2.0-py3-none-any.whl\n", wheel: b""})
    assert read_requirements(host, ["/srv/all.txt"]).packages == (f"c @ file://{wheel}",)


def test_an_address_with_half_a_number_in_it_is_left_to_uv() -> None:
    assert read("t@p://[ ;python_version<'3'\n").packages == ("t@p://[ ;python_version<'3'",)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a\n.\n", "requirements.project", "2"),
        ("./local/project\n", "requirements.project", "1"),
        ("https://x.test/archive/main.zip\n", "requirements.nameless", "1"),
        ("a\n\nb=1.0=py_0\n", "requirements.not-a-requirement", "3"),
        ("a \\\n\\\n==\n", "requirements.not-a-requirement", "1"),
        ("numpy @ file:///croot/numpy\n", "requirements.file-gone", "1"),
        ("-r gone.txt\n", "requirements.nested-not-there", "1"),
        ("-r https://x.test/r.txt\n", "requirements.nested-address", "1"),
        ("-r\n", "requirements.no-value", "1"),
        ("--frob\n", "requirements.unknown-option", "1"),
        ("a --hash=md5:00\n", "requirements.hash", "1"),
        ("a --hash='sha256:00\n", "requirements.quotation", "1"),
        (b"a\nb\xff\n", "requirements.encoding", "2"),
    ],
    ids=str,
)
def test_mistakes_name_the_file_and_the_line(text: str | bytes, code: str, line: str) -> None:
    error = refused(text)
    assert error.code == code
    assert (error.details["file"], error.details["line"]) == ("/srv/all.txt", line)


def test_a_mistake_in_a_nested_file_names_that_file() -> None:
    error = refused("-r more.txt\n", more="\na b\n")
    assert (error.details["file"], error.details["line"]) == ("/srv/more.txt", "2")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError) as caught:
        read_requirements(FileHost(), ["/srv/none.txt"])
    assert caught.value.code == "requirements.not-there"


PUBLIC = "https://public.test/simple"
BASE = "https://framework.test/whl"
MIRROR = Source(id="primary", kind="index", role="primary", url="https://mirror.test/simple")
SET = SourceSet(primary=MIRROR, framework_base="https://near.test/pytorch/whl")


def laid(kind: str, url: str) -> tuple[SourceSet, list[str]]:
    place = NamedPlace(kind=kind, url=url, origin="r.txt:1")  # type: ignore[arg-type]  # a kind
    found, notes = with_named(FileHost(), SET, [place], default_index=PUBLIC, framework_base=BASE)
    return found, [one.code for one in notes]


def test_named_places_serve_everything_but_the_framework() -> None:
    found, notes = laid("extra", "https://pkgs.test/simple")
    assert [one.url for one in found.extras] == ["https://pkgs.test/simple"]
    assert (found.primary, notes) == (MIRROR, ["file-place-used"])
    found, notes = laid("index", "https://pkgs.test/simple")
    assert (found.primary.url, notes) == ("https://pkgs.test/simple", ["file-place-used"])
    found, _ = laid("links", "/srv/wheels")
    assert [(one.kind, one.url) for one in found.links] == [("folder", "file:///srv/wheels")]


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/cu118",
        f"{BASE}/torch_stable.html",
        "https://near.test/pytorch/whl/cpu/",
        "https://other.test/pytorch-wheels/cu121",
    ],
)
def test_the_frameworks_own_places_are_passed_over(url: str) -> None:
    for kind in ("index", "extra", "links"):
        assert laid(kind, url) == (SET, ["file-place-of-framework"])


def test_the_public_default_does_not_push_a_mirror_aside() -> None:
    assert laid("index", f"{PUBLIC}/") == (SET, [])
    assert laid("extra", MIRROR.url)[0] == SET


@pytest.mark.parametrize(
    ("line", "code", "subject"),
    [
        ("-e .", "left-editable", "."),
        ("--editable=git+https://x.test/r.git#egg=r", "left-git", "git+https://x.test/r.git#egg=r"),
        ("git+https://x.test/r.git", "left-git", "git+https://x.test/r.git"),
    ],
)
def test_code_that_is_no_published_package_is_named_and_the_rest_goes_on(
    line: str, code: str, subject: str
) -> None:
    found = read(f"a==1\n{line}\nb==2\n")
    assert found.packages == ("a==1", "b==2")
    assert [(one.code, one.subject, one.about) for one in found.notes] == [
        (code, subject, "/srv/all.txt:2")
    ]
