from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import ubuntu_drivers_devices

GOOD = """\
ERROR:root:aplay command not found
== /sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0 ==
modalias : pci:v00008086d00002723sv00008086sd00000084bc02sc80i00
vendor   : Intel Corporation
model    : Wi-Fi 6 AX200
driver   : backport-iwlwifi-dkms - distro free

== /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0 ==
modalias : pci:v000010DEd00002503sv00001043sd00008814bc03sc00i00
vendor   : NVIDIA Corporation
model    : GA106 [GeForce RTX 3060]
driver   : nvidia-driver-550 - distro non-free recommended
driver   : nvidia-driver-470-server - third-party non-free
driver   : xserver-xorg-video-nouveau - distro free builtin
"""


def test_cards_and_their_packages() -> None:
    reading = ubuntu_drivers_devices.read(GOOD)
    (card,) = reading.gpus or ()
    assert (card.name, card.pci_id, card.subsystem, card.bus_id) == (
        "GeForce RTX 3060",
        "10de:2503",
        "1043:8814",
        "0000:01:00.0",
    )
    assert reading.facts["recommended"] == "nvidia-driver-550"
    assert card.extra["drivers"][1] == {
        "package": "nvidia-driver-470-server",
        "from": "third-party",
        "free": False,
        "recommended": False,
    }


def test_an_unnamed_card() -> None:
    text = GOOD.replace("model    : GA106 [GeForce RTX 3060]\n", "")
    assert [gpu.name for gpu in ubuntu_drivers_devices.read(text).gpus or ()] == [None]


def test_other_devices_are_no_cards() -> None:
    reading = ubuntu_drivers_devices.read(GOOD.partition("\n\n")[0])
    assert (reading.state, reading.gpus) == ("no-gpu", ())


def test_recognised() -> None:
    assert ubuntu_drivers_devices.matches(GOOD)
    assert not ubuntu_drivers_devices.matches("vendor : x")
    assert ubuntu_drivers_devices.read("").state == "unreadable"


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    ubuntu_drivers_devices.matches(text)
    assert ubuntu_drivers_devices.read(text).kind == ubuntu_drivers_devices.KIND


@given(spoiled(GOOD))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    ubuntu_drivers_devices.matches(text)
    assert ubuntu_drivers_devices.read(text).kind == ubuntu_drivers_devices.KIND
