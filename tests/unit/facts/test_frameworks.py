"""Which frameworks there are, which one is meant, and that the facts of each are whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest

from torchup.facts import frameworks
from torchup.facts.compile import Folder, compile_catalogue
from torchup.facts.frameworks import DEFAULT, FRAMEWORKS, first_of, mean, meaning, meant, named_in
from torchup.facts.load import DATA, catalogue_file, load_catalogue
from torchup.facts.summary import find
from torchup.verify.payload import codes

OTHERS = [name for name in FRAMEWORKS if name != DEFAULT]


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frameworks, "_SESSION", [])


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([], ()),
        (["numpy"], ()),
        (["jax"], ("jax",)),
        (["JAX[cuda12]>=0.4; python_version > '3.8'"], ("jax",)),
        (["jaxlib"], ("jax",)),
        (["jax0.4.30"], ("jax",)),
        (["TensorFlow_CPU==2.10"], ("tensorflow",)),
        (["jax", "torch"], ("torch", "jax")),
        (["torchvision==0.20", "jax"], ("torch", "jax")),
        (["jaxtyping", "pytorch-lightning", "./jax.whl", "https://host/jax"], ()),
    ],
)
def test_lines_name_frameworks(lines: list[str], names: tuple[str, ...]) -> None:
    assert named_in(lines) == names
    assert first_of(lines) == (names or (DEFAULT,))[0]


def test_without_a_word_the_usual_one_is_meant() -> None:
    assert meant() == DEFAULT
    assert load_catalogue().framework.name == DEFAULT


def test_a_session_means_one_in_all_its_threads() -> None:
    mean("jax")
    seen: list[str] = []
    thread = Thread(target=lambda: seen.append(load_catalogue().framework.name))
    thread.start()
    thread.join()
    assert seen == ["jax"]


def test_a_block_means_another_one_until_it_ends() -> None:
    mean("jax")
    with meaning("tensorflow"):
        assert load_catalogue().framework.name == "tensorflow"
        assert load_catalogue("torch").framework.name == "torch"
    assert meant() == "jax"


def test_what_a_block_comes_to_mean_ends_with_it() -> None:
    with meaning(DEFAULT):
        mean("jax")
        assert meant() == "jax"
    assert meant() == DEFAULT


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_fast_form_is_what_the_toml_files_give(name: str) -> None:
    path = Path(DATA) / catalogue_file(name)
    assert path.read_bytes().replace(b"\r\n", b"\n") == compile_catalogue(Path(DATA), name)


def test_a_folder_is_about_one_of_its_frameworks() -> None:
    folder = Folder(Path(DATA))
    assert folder.frameworks == list(FRAMEWORKS)
    assert folder.of("jax").framework == "jax"
    assert folder.framework == DEFAULT


@pytest.mark.parametrize("name", OTHERS)
def test_every_build_can_be_had_and_judged(name: str) -> None:
    catalogue = load_catalogue(name)
    assert catalogue.framework.title
    assert len(catalogue.releases) >= 30
    for release in catalogue.releases:
        assert release.builds
        for build in release.builds:
            assert build.channels == ("pypi",)
            assert build.platform in release.pythons
            if build.device == "cuda":
                assert build.archs
                assert catalogue.runtime(build.runtime) is not None
                assert bool(build.extra) != bool(build.libraries), (release.version, build.name)
    lately = [build.device for release in catalogue.releases[:5] for build in release.builds]
    assert set(lately) >= {"cpu", "cuda"}


@pytest.mark.parametrize("name", OTHERS)
def test_every_extra_stands_for_a_build(name: str) -> None:
    catalogue = load_catalogue(name)
    built = {one.name for release in catalogue.releases for one in release.builds}
    assert set(catalogue.framework.extras.values()) <= built
    for release in catalogue.releases:  # what a user can't ask for by its extra is the only way
        extras = {one.extra for one in release.builds if one.device == "cuda"}
        assert extras <= {*catalogue.framework.extras, ""} or len(extras) == 1


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_further_package_is_a_build(name: str) -> None:
    catalogue = load_catalogue(name)
    named = {one.package for release in catalogue.releases for one in release.builds} - {""}
    assert named == set(catalogue.framework.packages)
    assert named_in(named) == ((name,) if named else ())


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("level", codes.LEVELS)
def test_every_check_of_a_level_is_known(name: str, level: str) -> None:
    """The payload's module can't be imported here, but its table of checks can be read."""
    own = codes.own_of(name)
    assert {*codes.QUICK, *codes.STANDARD} >= own.LEFT_OUT
    planned = codes.all_codes(level, (), name)
    assert len(set(planned)) == len(planned)
    assert not own.LEFT_OUT & set(planned)
    assert set(planned) >= {"import", "version", "device", "matmul"}


def test_a_release_of_another_framework_is_known() -> None:
    (found,) = find("jax==0.12.0")
    assert (found.kind, found.name) == ("release", "jax 0.12.0")
    assert any("cu13" in one.value for one in found.known)


def test_what_a_thread_means_is_its_own() -> None:
    def another() -> str:
        mean("tensorflow")
        return meant()

    mean("jax")
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            assert (pool.submit(another).result(), meant()) == ("tensorflow", "jax")
        assert ThreadPoolExecutor(max_workers=1).submit(meant).result() == "jax"
    finally:
        mean(DEFAULT)
