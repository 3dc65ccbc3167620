from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import torchup.vendors
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Vendor
from torchup.model.makers import MAKERS, ON_PCI
from torchup.readers.hardware import maker_by_name
from torchup.vendors import VENDORS, VendorReport

FOLDER = Path(torchup.vendors.__file__).parent


def test_every_folder_is_in_the_dict_and_nothing_else() -> None:
    folders = {at.parent.name for at in FOLDER.glob("*/__init__.py")}
    assert folders == set(VENDORS)


def test_every_vendor_is_in_the_model() -> None:
    assert set(get_args(Vendor)) == set(VENDORS)


def test_every_vendor_is_asked_and_preferred_in_one_order() -> None:
    assert MAKERS == get_args(Vendor) == tuple(VENDORS)
    assert set(ON_PCI) <= set(MAKERS)


@pytest.mark.parametrize("name", VENDORS)
def test_texts_that_name_a_vendor_are_its_own(name: str) -> None:
    assert maker_by_name(f"{name} graphics") == name


@pytest.mark.parametrize("name", VENDORS)
def test_detect_takes_host_and_bus(name: str) -> None:
    signature = inspect.signature(import_module(f"torchup.vendors.{name}").detect)
    assert len(signature.parameters) == 2


@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_an_empty_machine_gives_an_empty_report(name: str, system: str) -> None:
    capture = Capture(system=system, machine="x86_64")  # type: ignore[arg-type]  # one of the three
    assert VENDORS[name](CaptureHost(capture), None) == VendorReport()
