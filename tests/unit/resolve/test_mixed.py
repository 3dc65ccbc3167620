"""Several cards, several drivers, old systems: what is left out is named, and what advice costs."""

from __future__ import annotations

from msgspec.structs import replace

from torchup.model import Driver, Gpu, Machine, Os, Resolution
from torchup.resolve.windows import windows_version
from unit.resolve.machinery import NEWEST, UBUNTU, choose

K80 = Gpu(vendor="nvidia", name="Tesla K80", arch="sm_37")
PASCAL = Gpu(vendor="nvidia", name="GTX 1080", arch="sm_61")
V100 = Gpu(vendor="nvidia", name="Tesla V100", arch="sm_70")
ADA = Gpu(vendor="nvidia", name="RTX 4090", arch="sm_89")
BLACKWELL = Gpu(vendor="nvidia", name="RTX 5090", arch="sm_120")
RADEON = Gpu(vendor="amd", name="RX 7900 XTX", arch="gfx1100")
M1 = Gpu(vendor="apple", name="Apple M1")


def here(*gpus: Gpu, drivers: tuple[str, ...] = (), os: Os = UBUNTU) -> Machine:
    known = tuple(Driver(vendor="nvidia", version=one) for one in drivers)
    return Machine(os=os, arch="x86_64", gpus=gpus, drivers=known)


def mac(version: str) -> Machine:
    return Machine(os=Os(system="macos", version=version), arch="arm64", gpus=(M1,))


def warnings(found: Resolution, subject: str) -> set[str]:
    return {one.code for one in found.reasons if one.effect == "warn" and one.subject == subject}


def advice(found: Resolution) -> list[tuple[str, dict[str, str]]]:
    return [(one.remedy.code, one.remedy.args) for one in found.near_misses]


def test_a_card_left_out_is_named_with_its_reasons() -> None:
    found = choose(here(K80, ADA, drivers=("535",)))
    assert (found.serves, found.leaves_out) == ((1,), (0,))
    assert warnings(found, "Tesla K80") == {"driver-dropped-card", "arch-missing"}
    assert not warnings(found, "RTX 4090")


def test_advice_says_which_card_it_ends() -> None:
    found = choose(here(K80, ADA, drivers=("470",)))
    assert found.serves == (0,)
    ends = [args for code, args in advice(found) if code == "remedy.driver-ends"]
    assert [one["lost"] for one in ends] == ["Tesla K80"]
    assert "remedy.driver" not in dict(advice(found))
    back = dict(advice(choose(here(K80, ADA, drivers=("535",)))))
    assert back["remedy.older-driver-ends"]["lost"] == "RTX 4090"
    assert back["remedy.driver"]["stack"] == f"{NEWEST}+cu132"


def test_a_driver_that_serves_one_card_alone_is_offered_for_it_alone() -> None:
    cards = here(PASCAL, BLACKWELL, drivers=("595",))
    ((code, args),) = [one for one in advice(choose(cards)) if "driver" in one[0]]
    assert (code, args["name"], args["gpu"]) == ("remedy.older-driver-alone", "GTX 1080", "0")
    there = here(PASCAL, BLACKWELL, drivers=(args["driver"],))
    then = choose(there, use_gpus=(args["gpu"],))
    assert then.stack is not None
    assert f"{then.stack.packages['torch']}+{then.stack.build}" == args["stack"]


def test_the_driver_that_serves_all_is_offered_and_does() -> None:
    found = choose(here(V100, BLACKWELL, drivers=("590",)))
    assert found.leaves_out == (0,)
    ((code, args),) = [one for one in advice(found) if "driver" in one[0]]
    assert code == "remedy.older-driver"
    then = choose(here(V100, BLACKWELL, drivers=(args["driver"],)))
    assert then.stack is not None
    assert then.serves == (0, 1)
    assert f"{then.stack.packages['torch']}+{then.stack.build}" == args["stack"]


def test_a_card_of_another_maker_is_left_out_with_a_reason() -> None:
    found = choose(here(RADEON, ADA, drivers=("580.65.06",)))
    assert found.leaves_out == (0,)
    assert warnings(found, "RX 7900 XTX") == {"gpu-of-other-kind"}


def test_the_lower_of_two_drivers_counts() -> None:
    one = choose(here(ADA, drivers=("580.65.06", "535.183.01")))
    other = choose(here(ADA, drivers=("535.183.01", "580.65.06")))
    assert one.stack is not None
    assert one.stack == other.stack
    assert one.stack.build == "cu126"
    said = [reason for reason in one.reasons if reason.code == "drivers-differ"]
    assert [(reason.needs, reason.has) for reason in said] == [
        ("535.183.01", "535.183.01, 580.65.06")
    ]
    same = choose(here(ADA, drivers=("535.183.01", "535.183.01")))
    assert "drivers-differ" not in {reason.code for reason in same.reasons}


def test_a_driver_that_cannot_be_read_does_not_count_beside_one_that_can() -> None:
    found = choose(here(ADA, drivers=("unknown", "535.183.01")))
    assert found.stack is not None
    assert found.stack.build == "cu126"


def test_wsl_1_has_no_gpu_and_says_why() -> None:
    """A card that is known to be there is not passed over for the CPU; one that isn't seen is."""
    for gpus, device in (((ADA,), None), ((), "cpu")):
        found = choose(here(*gpus, drivers=("581.15",), os=replace(UBUNTU, wsl=1)))
        assert (found.stack.device if found.stack else None) == device
        assert "wsl-1-no-gpu" in {reason.code for reason in found.reasons}
        assert ("remedy.cpu" in dict(advice(found))) == (device is None)


def test_mps_needs_its_macos() -> None:
    for version in ("12.6", "13.6", "14.0"):
        found = choose(mac(version))
        assert found.stack is not None
        assert (version, found.stack.device) == (version, "mps")
        assert "computes-through-mps" in {reason.code for reason in found.reasons}
    old = choose(mac("11.7"))
    assert [(one.code, one.effect) for one in old.reasons] == [("macos-without-mps", "reject")]
    assert dict(advice(old))["remedy.cpu"]["stack"] == "2.11.0+cpu"
    pinned = choose(mac("12.6"), "torch==2.9.1")
    assert pinned.outcome == "none"
    assert dict(advice(pinned))["remedy.system"]["needs"] == "macos 14.0"


def test_published_without_the_device_is_not_never_published() -> None:
    old = choose(mac("14.5"), "torch==1.10.0")
    (reason,) = old.reasons
    assert (reason.code, reason.about, reason.has) == (
        "published-without-device",
        "1.12.0",
        "Apple M1",
    )
    never = choose(mac("14.5"), "torch==1.99.0")
    assert "never-published" in {one.code for one in never.reasons}


def test_the_build_that_the_driver_knows_is_offered_and_taken() -> None:
    machine = here(ADA, drivers=("580.65.06",))
    found = choose(machine)
    assert found.stack is not None
    args = dict(advice(found))["remedy.native-build-with"]
    assert args["names"] == "torchaudio"
    taken = choose(machine, build=args["build"])
    assert taken.stack is not None
    assert "torchaudio" in taken.stack.packages
    assert not [code for code, _ in advice(taken) if code.startswith("remedy.native")]


def test_an_old_windows_runs_no_new_python() -> None:
    seven = Machine(os=Os(system="windows", version="7"), arch="x86_64", gpus=(), drivers=())
    found = choose(seven)
    assert found.stack is not None
    assert found.stack.python == "3.8"
    pinned = choose(seven, "torch==2.9.1")
    assert pinned.outcome == "none"
    assert "windows-too-old" in {one.code for one in pinned.reasons}
    assert not [code for code, _ in advice(pinned) if "install-python" in code]


def test_windows_is_known_by_name_and_number() -> None:
    for version, number in (("8.1", "6.3"), ("6.1.7601", "6.1.7601"), ("11", "11"), ("x", "")):
        assert windows_version(Os(system="windows", version=version)) == number
    assert not windows_version(UBUNTU)


def test_a_card_newer_than_the_facts_is_not_left_to_the_cpu() -> None:
    newer = Gpu(vendor="nvidia", name="RTX 9090", arch="sm_199")
    found = choose(here(newer, drivers=("999",)))
    assert found.outcome == "none"
    assert [one.code for one in found.reasons] == ["gpu-newer"]
    assert choose(here(newer, ADA, drivers=("580",))).serves == (1,)
    assert choose(here(newer, drivers=("999",)), cpu=True).outcome == "ok"
