"""What every backend must do; each test runs over all of BACKENDS, with the real program."""

from __future__ import annotations

import functools
import hashlib
import shutil
import sys
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import msgspec
import pytest

from contract.worlds import WORLDS, World
from crash.support import EXPECTED, MINOR, make_index, make_wheel, make_world
from torchup.backends import BACKENDS, Backend, Inputs, load_backend
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.real import RealHost
from torchup.model import Source
from torchup.sources.cache import ListingCache
from torchup.sources.listing import SOURCES
from torchup.sources.local_index import local_index
from torchup.state.home import Home
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = RealHost()


def make(name: str, root: Path) -> World:
    if name == "conda" and sys.platform != "linux":
        pytest.skip("the local channel has packages for Linux")
    return WORLDS[name](root)


@pytest.fixture(scope="module", params=sorted(BACKENDS))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make(str(request.param), tmp_path_factory.mktemp("world"))


@pytest.fixture
def backend() -> Backend:
    """The one that installs wheels, for what only these have."""
    return load_backend("uv")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home with spaces é")


def quiet(_name: str, _done: int, _total: int) -> None:
    pass


def test_each_backend_has_a_world() -> None:
    assert WORLDS.keys() == BACKENDS.keys()


def test_it_is_available(world: World) -> None:
    assert world.backend.available(HOST) is None


def test_steps_are_whole_commands(world: World) -> None:
    steps = world.backend.steps(world.stack, "/somewhere/work")
    assert all(step.command for step in steps)
    words = load_words("en")
    assert all(words.text(step.summary) for step in steps)
    shown = " ".join(part for step in steps for part in step.command)
    assert world.shown in shown
    assert "pw" not in shown


def test_resolve_make_install_inspect(world: World, home: Home, tmp_path: Path) -> None:
    backend, inputs = world.backend, world.inputs
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    assert {a.name.replace("_", "-"): a.version for a in artifacts} == world.expected
    assert all(len(a.sha256) == 64 and a.size for a in artifacts)
    assert "impostor" not in lock
    framework = next(a for a in artifacts if a.name == world.framework)
    assert world.place in framework.url, "the framework came from somewhere else"
    path = home.environment("work")
    backend.make(HOST, home, inputs.python, path)
    assert backend.inspect(path, HOST) == {}
    pylock = tmp_path / "plan" / "pylock.toml"
    pylock.parent.mkdir(exist_ok=True)
    pylock.write_text(lock)
    backend.install(HOST, home, path, pylock, artifacts, quiet)
    assert backend.inspect(path, HOST) == world.expected
    assert backend.health(path, HOST, world.expected) is None
    assert not list(path.rglob("direct_url.json"))
    other = backend.health(path, HOST, world.other_build)
    assert other is not None
    assert other.code == "environment.other-build"
    missing = backend.health(path, HOST, {"absent": "1"})
    assert missing is not None
    assert missing.code == "environment.package-missing"


def test_a_constraint_that_nothing_meets_is_no_answer(
    world: World, home: Home, tmp_path: Path
) -> None:
    plain = {name: version.partition("+")[0] for name, version in world.expected.items()}
    held = next(name for name in sorted(plain) if name not in (world.framework, "pip", "python"))
    met = msgspec.structs.replace(world.inputs, constraints=(f"{held}<={plain[held]}",))
    _, artifacts = world.backend.resolve(HOST, home, met, tmp_path / "met")
    assert {one.name.replace("_", "-") for one in artifacts} == world.expected.keys()
    unmet = msgspec.structs.replace(world.inputs, constraints=(f"{held}<{plain[held]}",))
    with pytest.raises(NoAnswerError):
        world.backend.resolve(HOST, home, unmet, tmp_path / "unmet")


def test_what_only_the_framework_needs_comes_from_its_index(
    backend: Backend, home: Home, inputs: Inputs, tmp_path: Path
) -> None:
    make_wheel(tmp_path / "fw", "framework", "2.0+rocm", requires=("compiler==3.0",))
    make_wheel(tmp_path / "fw", "compiler", "3.0")
    make_wheel(tmp_path / "main", "compiler", "0.0.1")  # a placeholder, as PyPI has some
    make_wheel(tmp_path / "main", "pip", "99.0")
    main = make_index(tmp_path / "main", tmp_path / "main-pages")
    sources = msgspec.structs.replace(
        inputs.sources, primary=msgspec.structs.replace(inputs.sources.primary, url=main), extras=()
    )
    asked = msgspec.structs.replace(
        inputs,
        requirements=("framework==2.0+rocm",),
        framework_names=("framework", "compiler", "unneeded"),
        framework_index=make_index(tmp_path / "fw", tmp_path / "fw-pages"),
        sources=sources,
    )
    _, artifacts = backend.resolve(HOST, home, asked, tmp_path / "plan")
    assert {a.name: a.version for a in artifacts} == {
        "framework": "2.0+rocm",
        "compiler": "3.0",
        "pip": "99.0",
    }


def test_no_answer_is_explained(world: World, home: Home, tmp_path: Path) -> None:
    for asked, word in world.refused:
        with pytest.raises(NoAnswerError) as caught:
            world.backend.resolve(HOST, home, asked, tmp_path / word)
        assert word in caught.value.details["why"]
        assert load_words("en").say(caught.value.code, caught.value.details)


def test_offline_names_what_is_missing(world: World, home: Home, tmp_path: Path) -> None:
    asked = msgspec.structs.replace(world.away("http://127.0.0.1:9"), offline=True)
    with pytest.raises(OutsideError) as caught:
        world.backend.resolve(HOST, home, asked, tmp_path)
    assert caught.value.code.endswith(".offline-missing")
    assert world.beside in caught.value.details["names"] or "127.0.0.1:9" in str(
        caught.value.details["names"]
    )


def test_an_unreachable_place_is_named(
    world: World, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    asked = world.away("http://me:pw@127.0.0.1:9")
    with pytest.raises(OutsideError) as caught:
        world.backend.resolve(HOST, home, asked, tmp_path)
    assert caught.value.code.endswith(".network")
    assert "127.0.0.1:9" in caught.value.details["url"]
    assert "pw" not in str(caught.value)
    assert list(tmp_path.glob("*.toml")) == [], "an address with a password was left behind"


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_a_changed_file_is_refused(name: str, home: Home, tmp_path: Path) -> None:
    world = make(name, tmp_path / "world")
    backend = world.backend
    lock, artifacts = backend.resolve(HOST, home, world.inputs, tmp_path / "plan")
    world.spoil()
    path, pylock = home.environment("work"), tmp_path / "pylock.toml"
    pylock.write_text(lock)
    backend.make(HOST, home, world.inputs.python, path)
    with pytest.raises(OutsideError) as caught:
        backend.install(HOST, home, path, pylock, artifacts, quiet)
    assert caught.value.code.endswith(".bad-file")
    assert world.spoilt in caught.value.details["subject"]


@pytest.fixture
def folder(inputs: Inputs, tmp_path: Path) -> tuple[Path, Inputs]:
    """A folder of the framework's wheels, and the question with it laid out as an index."""
    wheels = tmp_path / "a folder"
    make_wheel(wheels, "framework", "2.0+cpu", requires=("numeric",))
    make_wheel(wheels, "companion", "1.0+cpu", requires=("framework==2.0",))
    return wheels, msgspec.structs.replace(inputs, framework_index=laid_out(wheels))


def laid_out(wheels: Path) -> str:
    source = Source(id="folder", kind="folder", role="links", url=str(wheels))
    cache = ListingCache(wheels.parent / "listings")
    files = [
        file
        for project in ("framework", "companion")
        for file in SOURCES["folder"](HOST, source, project, cache=cache, offline=True).files
    ]
    return local_index(HOST, source, files, wheels.parent / "indexes")


def test_a_folder_that_was_hashed_here(
    backend: Backend, home: Home, folder: tuple[Path, Inputs], tmp_path: Path
) -> None:
    wheels, inputs = folder
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    assert all(len(a.sha256) == 64 for a in artifacts)
    path, pylock = home.environment("work"), tmp_path / "plan" / "pylock.toml"
    pylock.write_text(lock)
    for _ in ("new", "again, from what is kept"):
        backend.make(HOST, home, inputs.python, path)
        index = laid_out(wheels)
        backend.install(HOST, home, path, pylock, artifacts, quiet, hashed_index=index)
        assert backend.inspect(path, HOST) == EXPECTED
        assert backend.health(path, HOST, EXPECTED) is None
        assert not list(path.rglob("direct_url.json"))
        assert [file.name for file in pylock.parent.iterdir()] == [pylock.name]
        assert pylock.read_text() == lock
        shutil.rmtree(path)


def test_a_confirmed_hash_is_not_computed_again(
    backend: Backend, home: Home, folder: tuple[Path, Inputs], tmp_path: Path
) -> None:
    """Only a wrong hash that passes can tell."""
    wheels, inputs = folder
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    true = next(a.sha256 for a in artifacts if a.name == "framework")
    pylock = tmp_path / "plan" / "pylock.toml"
    pylock.write_text(lock.replace(true, "0" * 64))
    (page,) = (wheels.parent / "indexes").glob("*/framework/index.html")
    page.write_text(page.read_text().replace(true, "0" * 64))
    path = home.environment("work")
    backend.make(HOST, home, inputs.python, path)
    backend.install(HOST, home, path, pylock, artifacts, quiet, hashed_index=laid_out(wheels))
    assert backend.inspect(path, HOST) == EXPECTED


def test_what_was_kept_serves_with_and_without_hashes(
    backend: Backend, home: Home, folder: tuple[Path, Inputs], tmp_path: Path
) -> None:
    _, inputs = folder
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    pylock = tmp_path / "plan" / "pylock.toml"
    pylock.write_text(lock)
    for name, index in (("a", inputs.framework_index), ("b", ""), ("c", inputs.framework_index)):
        backend.make(HOST, home, inputs.python, home.environment(name))
        place = home.environment(name)
        backend.install(HOST, home, place, pylock, artifacts, quiet, hashed_index=index or "")
        assert backend.inspect(place, HOST) == EXPECTED


def test_a_file_changed_after_it_was_hashed_is_refused(
    backend: Backend, home: Home, folder: tuple[Path, Inputs], tmp_path: Path
) -> None:
    wheels, inputs = folder
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    pylock = tmp_path / "plan" / "pylock.toml"
    pylock.write_text(lock)
    make_wheel(wheels, "framework", "2.0+cpu", files={"framework/evil.py": b"x"})
    path = home.environment("work")
    backend.make(HOST, home, inputs.python, path)
    with pytest.raises(OutsideError) as caught:
        backend.install(HOST, home, path, pylock, artifacts, quiet, hashed_index=laid_out(wheels))
    assert caught.value.code.endswith(".bad-file")
    assert "framework" in caught.value.details["subject"]
    assert "framework" not in backend.inspect(path, HOST)


def test_a_lock_that_names_another_hash_is_refused(
    backend: Backend, home: Home, folder: tuple[Path, Inputs], tmp_path: Path
) -> None:
    wheels, inputs = folder
    lock, artifacts = backend.resolve(HOST, home, inputs, tmp_path / "plan")
    true = next(a.sha256 for a in artifacts if a.name == "framework")
    pylock = tmp_path / "plan" / "pylock.toml"
    pylock.write_text(lock.replace(true, "0" * 64))
    path = home.environment("work")
    backend.make(HOST, home, inputs.python, path)
    with pytest.raises(OutsideError) as caught:
        backend.install(HOST, home, path, pylock, artifacts, quiet, hashed_index=laid_out(wheels))
    assert caught.value.code.endswith(".bad-file")
    assert [file.name for file in pylock.parent.iterdir()] == [pylock.name]


def test_surroundings_have_no_say(
    backend: Backend, home: Home, inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "o"\nversion = "0"\n[tool.uv]\nconstraint-dependencies = ["numeric<1"]\n'
        '[tool.uv.sources]\nnumeric = { url = "http://127.0.0.1:9/numeric-1.1-py3-none-any.whl" }\n'
        '[tool.uv.workspace]\nmembers = ["plan"]\n'
    )
    for name, value in {
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_INDEX": "http://127.0.0.1:9/simple",
        "UV_RESOLUTION": "lowest",
        "UV_CONFIG_FILE": str(tmp_path / "none.toml"),
        "UV_PYTHON": "2.7",
        "VIRTUAL_ENV": "/gone",
        "PYTHONHOME": "/gone",
    }.items():
        monkeypatch.setenv(name, value)
    asked = msgspec.structs.replace(inputs, requirements=(*inputs.requirements, "numeric"))
    _, artifacts = backend.resolve(HOST, home, asked, tmp_path / "plan")
    assert {a.name: a.version for a in artifacts} == EXPECTED


@pytest.fixture
def guarded(world: World, tmp_path: Path) -> Iterator[str]:
    """A place that wants a user and a password, for its pages and its files."""
    www = tmp_path / "www"
    make_wheel(www / "files", "numeric", "1.1")
    make_wheel(www / "files", "pip", "99.0")
    make_index(www / "files", www / "simple")
    for page in (www / "simple").glob("*/index.html"):
        files = (www / "files").as_uri()
        page.write_text(page.read_text().replace(files, "../../files"))
    for one in world.inputs.sources.channels:
        shutil.copytree(one.url.removeprefix("file://"), www / "conda-forge")

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != "Basic bWU6c2VjcmV0":  # me:secret
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            super().do_GET()

        do_HEAD = do_GET  # noqa: N815  # the base class looks for this name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its real name
            pass

    handler = functools.partial(Handler, directory=str(www))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_password_is_used_and_never_kept(
    world: World, home: Home, tmp_path: Path, guarded: str
) -> None:
    backend = world.backend
    with pytest.raises(OutsideError) as caught:
        backend.resolve(HOST, home, world.away(f"http://{guarded}"), tmp_path / "plan")
    assert caught.value.code.endswith(".login")
    with_login = world.away(f"http://me:secret@{guarded}")
    lock, artifacts = backend.resolve(HOST, home, with_login, tmp_path / "plan")
    assert "secret" not in lock
    assert "secret" not in str(artifacts)
    path, pylock = home.environment("work"), tmp_path / "plan" / "pylock.toml"
    pylock.parent.mkdir(exist_ok=True)
    pylock.write_text(lock)
    backend.make(HOST, home, with_login.python, path)
    backend.install(HOST, home, path, pylock, artifacts, quiet, sources=with_login.sources)
    assert world.beside in backend.inspect(path, HOST)
    kept = [one for one in (*path.rglob("*"), *(tmp_path / "plan").rglob("*")) if one.is_file()]
    assert kept
    for file in kept:
        assert b"secret" not in file.read_bytes(), file


@pytest.mark.skipif(sys.platform != "linux", reason="the made-up interpreter is Linux's")
def test_a_python_is_fetched_and_found(
    backend: Backend, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arch = HOST.machine
    root = tmp_path / "made" / "python"
    (root / "bin").mkdir(parents=True)
    (root / "lib" / "python3.14").mkdir(parents=True)
    settings = root / "lib" / "python3.14" / f"_sysconfigdata__linux_{arch}-linux-gnu.py"
    head = "# system configuration generated and used by the sysconfig module"
    settings.write_text(f'{head}\nbuild_time_vars = {{\n    "A": "b"\n}}\n')
    program = root / "bin" / "python3.14"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    archive = tmp_path / "python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(root, "python")
    row = {
        "name": "cpython",
        "arch": {"family": arch, "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": 3,
        "minor": 14,
        "patch": 9,
        "prerelease": "",
        "url": archive.as_uri(),
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "variant": None,
        "build": "20260101",
    }
    table = tmp_path / "table.json"
    table.write_bytes(msgspec.json.encode({f"cpython-3.14.9-linux-{arch}-gnu": row}))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", table.as_uri())
    assert backend.can_fetch_python(HOST) is True
    found = backend.install_python(HOST, home, "3.14", quiet)
    assert found.startswith(str(home.pythons))
    assert found.endswith("python3.14")
    archive.unlink()
    assert backend.can_fetch_python(HOST) is False


def test_an_unobtainable_python_is_told(
    backend: Backend, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none.json").write_text("{}")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", (tmp_path / "none.json").as_uri())
    with pytest.raises(OutsideError) as caught:
        backend.install_python(HOST, home, "3.13", quiet)
    assert caught.value.code.endswith(".python-unobtainable")
    assert caught.value.details["python"] == "3.13"
    assert caught.value.details["why"]


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        load_backend("conga")
    assert caught.value.code == "backend.unknown"


def test_the_interpreter_is_the_one_that_was_given(backend: Backend, home: Home) -> None:
    path = home.environment("work")
    backend.make(HOST, home, sys.executable, path)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    said = HOST.run(
        [str(path / folder / "python"), "-c", "import sys; print(sys.version_info[:2])"]
    )
    assert said.out.strip() == str(tuple(int(part) for part in MINOR.split(".")))
