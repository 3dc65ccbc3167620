from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.compat.rows import matrix
from torchup.facts.load import load_catalogue, load_gpus
from torchup.words import load_words

if TYPE_CHECKING:
    from torchup.compat.chart import Say
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def gpus() -> Gpus:
    return load_gpus()


@pytest.fixture(scope="session")
def rows(catalogue: Catalogue) -> tuple[Row, ...]:
    return matrix(catalogue)


def sayer(language: str) -> Say:
    words = load_words(language)

    def say(code: str, /, **args: object) -> str:
        return words.say(code, {name: str(value) for name, value in args.items()})

    return say


@pytest.fixture(scope="session")
def say() -> Say:
    return sayer("en")


@pytest.fixture(scope="session")
def say_chinese() -> Say:
    return sayer("zh_CN")
