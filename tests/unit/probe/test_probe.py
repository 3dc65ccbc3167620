from __future__ import annotations

from pathlib import PurePosixPath

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from stubs import machines
from torchup.facts.load import load_gpus
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Gpu
from torchup.probe import name_gpus, probe_machine
from torchup.probe.hardware import parse_cpuinfo, parse_meminfo
from torchup.probe.system import (
    parse_colon_lines,
    parse_os_release,
    parse_ver,
    read_os,
)
from torchup.vendors.wsl import wsl_version


class Card(msgspec.Struct, frozen=True):
    name: str
    archs: tuple[str, ...]


class Catalogue:
    """Knows two cards: one of one architecture, one sold with two."""

    def by_pci(self, pci_id: str, subsystem: str | None) -> Card | None:
        one = Card("GeForce GTX 1080", ("sm_61",))
        if pci_id == "10de:1b80":
            return one if subsystem != "1458:9999" else Card("GeForce GTX 1080 (OEM)", ("sm_61",))
        return Card("GeForce GT 730", ("sm_21", "sm_35")) if pci_id == "10de:0f02" else None


@pytest.mark.parametrize(
    ("gpu", "name", "arch"),
    [
        (Gpu(pci_id="10de:1b80"), "GeForce GTX 1080", "sm_61"),
        (Gpu(pci_id="10de:1b80", subsystem="1458:9999"), "GeForce GTX 1080 (OEM)", "sm_61"),
        (Gpu(pci_id="10de:0f02"), "GeForce GT 730", None),
        (Gpu(pci_id="10de:ffff"), None, None),
        (Gpu(name="Known already", pci_id="10de:1b80"), "Known already", "sm_61"),
        (Gpu(arch="sm_99", pci_id="10de:1b80"), "GeForce GTX 1080", "sm_99"),
        (Gpu(), None, None),
    ],
)
def test_the_catalogue_fills_in_what_the_driver_left_open(
    gpu: Gpu, name: str | None, arch: str | None
) -> None:
    named, _ = name_gpus((gpu,), Catalogue())
    assert named is not None
    assert (named[0].name, named[0].arch) == (name, arch)


def test_unknown_gpus_stay_unknown() -> None:
    assert name_gpus(None, Catalogue()) == (None, ())


def test_the_real_catalogue_names_a_card_without_driver() -> None:
    machine = probe_machine(CaptureHost(machines.NO_DRIVER), load_gpus())
    (gpu,) = machine.gpus or ()
    assert (gpu.arch, "GTX 1080" in (gpu.name or "")) == ("sm_61", True)


def test_interpreters_may_be_left_unknown() -> None:
    assert probe_machine(CaptureHost(machines.NO_GPU), None, pythons=False).pythons is None


def test_tools_and_toolkits_are_found() -> None:
    files = {
        "/usr/local/cuda-12.8/version.json": '{"cuda" : {"name" : "CUDA", "version" : "12.8.93"}}',
        "/usr/local/cuda-10.2/version.txt": "CUDA Version 10.2.89\n",
        "/opt/rocm/.info/version": "6.3.1-48\n",
    }
    capture = machines.linux(files=files, executables=("/usr/bin/g++",))
    capture = msgspec.structs.replace(capture, links={"/usr/local/cuda": "/usr/local/cuda-12.8"})
    machine = probe_machine(CaptureHost(capture), None)
    assert sorted((one.name, one.version, one.path) for one in machine.toolkits or ()) == [
        ("cuda", "10.2.89", "/usr/local/cuda-10.2"),
        ("cuda", "12.8.93", "/usr/local/cuda-12.8"),
        ("rocm", "6.3.1", "/opt/rocm"),
    ]
    assert [tool.path for tool in machine.tools or ()] == ["/usr/bin/g++"]


@pytest.mark.parametrize(
    ("kernel", "version"),
    [
        ("5.15.90.1-microsoft-standard-WSL2", 2),
        ("4.19.128-microsoft-standard", 2),
        ("6.6.36.3-custom-WSL2+", 2),
        ("4.4.0-19041-Microsoft", 1),
        ("6.8.0-1021-gcp", 0),
        ("", 0),
    ],
)
def test_wsl(kernel: str, version: int) -> None:
    assert wsl_version(kernel) == version


@pytest.mark.parametrize(
    ("files", "env", "container"),
    [
        ({"/.dockerenv": ""}, {}, "docker"),
        ({"/run/.containerenv": "engine=podman"}, {}, "podman"),
        ({"/.dockerenv": ""}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes"),
        ({"/proc/1/cgroup": "0::/kubepods.slice/pod1"}, {}, "kubernetes"),
        ({"/proc/1/cgroup": "12:pids:/docker/0123"}, {}, "docker"),
        ({"/proc/1/cgroup": "1:name=systemd:/lxc/box"}, {}, "lxc"),
        ({}, {"container": "lxc"}, "lxc"),
        ({}, {"container": "systemd-nspawn"}, "systemd-nspawn"),
        ({"/proc/1/cgroup": "0::/init.scope"}, {}, None),
    ],
)
def test_container(files: dict[str, str], env: dict[str, str], container: str | None) -> None:
    assert read_os(CaptureHost(machines.linux(files=files, env=env))).container == container


@pytest.mark.parametrize(
    ("links", "libc"),
    [({"/lib64/libc.so.6": "/lib64/libc-2.17.so"}, "glibc 2.17"), ({}, None)],
)
def test_libc_by_file_name(links: dict[str, str], libc: str | None) -> None:
    capture = Capture(system="linux", machine="x86_64", links=links)
    assert read_os(CaptureHost(capture)).libc == libc


def test_os_release_quotes() -> None:
    text = '# comment\nID=\'debian\'\nNAME="A \\"B\\""\nVERSION_ID=12\nbroken\n'
    assert parse_os_release(text) == {"ID": "debian", "NAME": 'A "B"', "VERSION_ID": "12"}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("\r\nMicrosoft Windows [Version 10.0.22631.3007]\r\n", "10.0.22631.3007"),
        ("Microsoft Windows [版本 10.0.19045.2006]", "10.0.19045.2006"),
        ("nothing", None),
    ],
)
def test_ver(text: str, version: str | None) -> None:
    assert parse_ver(text) == version


PIECES = st.sampled_from(
    [
        "processor\t: 0\n",
        "flags\t\t: avx2 fma\n",
        "MemTotal:   1 kB\n",
        'ID="',
        "=",
        "²",
        "9" * 30,
        "[Version 10.0.1]",
        "\\",
        "Features: \n",
    ]
)


@fuzzed
@given(text=st.lists(st.one_of(st.text(max_size=40), PIECES), max_size=12).map("".join))
def test_no_parser_raises(text: str) -> None:
    parse_cpuinfo(text)
    parse_meminfo(text)
    parse_os_release(text)
    parse_colon_lines(text)
    parse_ver(text)
    wsl_version(text)


def test_paths_in_captures_are_absolute() -> None:
    for capture in machines.ALL.values():
        if capture.system == "linux":
            assert all(PurePosixPath(path).is_absolute() for path in capture.files)
