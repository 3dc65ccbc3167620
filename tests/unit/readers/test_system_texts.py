"""What names the system: its release, kernel, processor, C library and Pythons."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spoiledtexts import spoiled
from torchup.readers import READERS, detect

ROCKY = """$ cat /etc/os-release
NAME="Rocky Linux"
VERSION="9.3 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.3"
PRETTY_NAME="Rocky Linux 9.3 (Blue Onyx)"
"""
LSB = """No LSB modules are available.
Distributor ID:\tUbuntu
Description:\tUbuntu 22.04.4 LTS
Release:\t22.04
Codename:\tjammy
"""
HOSTNAMECTL = """ Static hostname: box
       Icon name: computer-server
Operating System: Debian GNU/Linux 12 (bookworm)
          Kernel: Linux 6.1.0-18-amd64
    Architecture: x86-64
"""
LSCPU = """Architecture:             x86_64
  CPU op-mode(s):         32-bit, 64-bit
CPU(s):                   24
  On-line CPU(s) list:    0-23
Vendor ID:                AuthenticAMD
  Model name:             AMD Ryzen 9 5900X 12-Core Processor
    Flags:                fpu vme sse4_2 avx avx2
"""
CHINESE = """架构\uff1a                   aarch64
CPU 运行模式\uff1a           64-bit
CPU:                     8
型号名称\uff1a               Cortex-A78AE
"""
CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) CPU E5-2690 v2 @ 3.00GHz
flags\t\t: fpu sse4_2 avx

processor\t: 1
"""
HARDWARE = """Hardware:

    Hardware Overview:

      Model Name: MacBook Air
      Model Identifier: Mac14,2
      Chip: Apple M2
      Total Number of Cores: 8 (4 performance and 4 efficiency)
      Memory: 24 GB
"""
INTEL_MAC = """    Hardware Overview:

      Model Identifier: MacBookPro16,1
      Processor Name: 8-Core Intel Core i9
      Total Number of Cores: 8
      Memory: 32 GB
"""
HARDWARE_JSON = """{"SPHardwareDataType": [{"chip_type": "Apple M3 Max",
 "machine_model": "Mac15,8", "number_processors": "proc 16:12:4", "physical_memory": "64 GB"}]}
"""
SYSTEMINFO = """Host Name:                 DESK
OS Name:                   Microsoft Windows 11 Home
OS Version:                10.0.26100 N/A Build 26100
System Type:               ARM64-based PC
Total Physical Memory:     16,022 MB
"""
LINES = """$ uname -m
x86_64
Linux n1 5.14.0-362.el9.x86_64 #1 SMP x86_64 GNU/Linux
ldd (GNU libc) 2.34
musl libc (x86_64)
Version 1.2.4
Python 3.12.4 (main) [GCC 13.2.0] on linux
 -V:3.12 *        C:\\Python312\\python.exe
machdep.cpu.brand_string: Apple M1 Max
hw.memsize: 68719476736
ProductVersion:\t\t15.2
Microsoft Windows [Version 10.0.19045.4170]
"""


@pytest.mark.parametrize(
    ("kind", "text", "distro", "release"),
    [
        ("os-release", ROCKY, "rocky", "9.3"),
        ("os-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=20.04\n", "ubuntu", "20.04"),
        ("lsb-release", LSB, "ubuntu", "22.04"),
        ("lsb-release", HOSTNAMECTL, "debian", "12"),
        ("lsb-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009"),
    ],
)
def test_a_distribution(kind: str, text: str, distro: str, release: str) -> None:
    assert detect(text) == kind
    found = READERS[kind].read(text)
    assert (found.facts["distro"], found.facts["release"]) == (distro, release)


@pytest.mark.parametrize(
    ("text", "system", "kernel", "arch"),
    [
        (
            "Linux n1 5.14.0-362.el9.x86_64 #1 SMP PREEMPT_DYNAMIC x86_64 x86_64 GNU/Linux",
            "linux",
            "5.14.0-362.el9.x86_64",
            "x86_64",
        ),
        (
            "Darwin mac.local 24.3.0 Darwin Kernel Version 24.3.0; RELEASE_ARM64_T8103 arm64",
            "macos",
            "24.3.0",
            "arm64",
        ),
        ("$ uname -m\naarch64\n", None, None, "aarch64"),
        ("x86_64\n", None, None, "x86_64"),
        ("me@box:~$ uname -r\n6.8.0-45-generic\n", None, "6.8.0-45-generic", None),
        (
            "Linux version 5.15.90.1-microsoft-standard-WSL2 (oe-user@oe-host) (gcc 9.3.0)",
            "linux",
            "5.15.90.1-microsoft-standard-WSL2",
            None,
        ),
        ("MINGW64_NT-10.0-22631 DESK 3.4.10.x86_64 2024 x86_64 Msys", "windows", None, "x86_64"),
    ],
)
def test_uname(text: str, system: str | None, kernel: str | None, arch: str | None) -> None:
    assert detect(text) == "uname"
    found = READERS["uname"].read(text)
    assert (found.facts["system"], found.facts["kernel"]) == (system, kernel)
    assert found.arch == arch


def test_a_number_that_no_command_stands_above_is_no_kernel() -> None:
    assert not READERS["uname"].matches("the kernel\n5.4.0\nand uname says nothing\n")


@pytest.mark.parametrize(
    ("text", "arch", "cpu", "cores"),
    [
        (LSCPU, "x86_64", "AMD Ryzen 9 5900X 12-Core Processor", 24),
        (CHINESE, "aarch64", "Cortex-A78AE", 8),
        (CPUINFO, None, "Intel(R) Xeon(R) CPU E5-2690 v2 @ 3.00GHz", 2),
    ],
)
def test_a_processor(text: str, arch: str | None, cpu: str, cores: int) -> None:
    assert detect(text) == "lscpu"
    found = READERS["lscpu"].read(text)
    assert (found.arch, found.facts["cpu"], found.facts["cores"]) == (arch, cpu, cores)
    if "avx" in text:
        assert "avx" in found.facts["features"]


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("ldd (Ubuntu GLIBC 2.35-0ubuntu3.8) 2.35\nCopyright (C) 2022\n", "glibc", "2.35"),
        ("ldd (GNU libc) 2.17\n", "glibc", "2.17"),
        ("$ getconf GNU_LIBC_VERSION\nglibc 2.31\n", "glibc", "2.31"),
        ("musl libc (x86_64)\nVersion 1.2.4\nDynamic Program Loader\n", "musl", "1.2.4"),
    ],
)
def test_a_c_library(text: str, name: str, number: str) -> None:
    assert detect(text) == "libc-version"
    found = READERS["libc-version"].read(text)
    assert (found.facts["libc_name"], found.libc) == (name, number)


@pytest.mark.parametrize(
    ("text", "pythons", "system"),
    [
        ("$ python3 -V\nPython 3.9.18\n", [("3.9.18", None)], None),
        ("Python 3.6.5 :: Anaconda, Inc.\n", [("3.6.5", None)], None),
        (
            "Python 3.12.4 (tags/v3.12.4) [MSC v.1940 64 bit (AMD64)] on win32\n",
            [("3.12.4", None)],
            "windows",
        ),
        (
            "Python 3.10.12 (main, Nov 20 2023, 15:14:05)\n[GCC 11.4.0] on linux\n>>>",
            [("3.10.12", None)],
            "linux",
        ),
        (
            " -V:3.12 *        C:\\Python312\\python.exe\n -V:3.10-32       C:\\Old\\python.exe\n",
            [("3.12", "C:\\Python312\\python.exe")],
            "windows",
        ),
    ],
)
def test_pythons(text: str, pythons: list[tuple[str, str | None]], system: str | None) -> None:
    found = READERS["python-version"].read(text)
    assert detect(text) == "python-version"
    assert [(one["version"], one["path"]) for one in found.facts["pythons"]] == pythons
    assert found.facts["system"] == system


@pytest.mark.parametrize(
    ("kind", "text", "arch", "cpu", "memory"),
    [
        ("system_profiler-hardware", HARDWARE, "arm64", "Apple M2", 24576),
        ("system_profiler-hardware", INTEL_MAC, "x86_64", "8-Core Intel Core i9", 32768),
        (
            "system_profiler-hardware",
            HARDWARE_JSON,
            "arm64",
            "Apple M3 Max",
            65536,
        ),
        (
            "sysctl",
            "machdep.cpu.brand_string: Apple M1 Max\nhw.memsize: 68719476736\nhw.ncpu: 10\n",
            "arm64",
            "Apple M1 Max",
            65536,
        ),
        (
            "sysctl",
            "% sysctl -n machdep.cpu.brand_string\nApple M4 Pro\n",
            "arm64",
            "Apple M4 Pro",
            None,
        ),
        ("sysctl", "hw.optional.arm64: 1\n", "arm64", None, None),
    ],
)
def test_a_mac(kind: str, text: str, arch: str | None, cpu: str | None, memory: int | None) -> None:
    assert detect(text) == kind
    found = READERS[kind].read(text)
    assert (found.arch, found.facts["cpu"], found.facts["ram_mib"]) == (arch, cpu, memory)


def test_releases_of_macos_and_windows() -> None:
    mac = "ProductName:\t\tmacOS\nProductVersion:\t\t15.2\nBuildVersion:\t\t24C101\n"
    assert detect(mac) == "sw_vers"
    assert READERS["sw_vers"].read(mac).facts["release"] == "15.2"
    assert detect(SYSTEMINFO) == "systeminfo"
    found = READERS["systeminfo"].read(SYSTEMINFO)
    assert (found.arch, found.facts["release"], found.facts["ram_mib"]) == (
        "arm64",
        "10.0.26100",
        16022,
    )
    chinese = "Microsoft Windows [版本 10.0.19045.4170]\n(c) Microsoft Corporation。\n"
    assert READERS["systeminfo"].read(chinese).facts["kernel"] == "10.0.19045.4170"


@pytest.mark.parametrize(
    "kind",
    [
        "os-release",
        "lsb-release",
        "uname",
        "lscpu",
        "libc-version",
        "python-version",
        "system_profiler-hardware",
        "sysctl",
        "sw_vers",
        "systeminfo",
    ],
)
@settings(max_examples=200)
@given(
    text=spoiled(
        ROCKY, LSB, HOSTNAMECTL, LSCPU, CHINESE, CPUINFO, HARDWARE, HARDWARE_JSON, SYSTEMINFO, LINES
    )
)
def test_a_spoiled_text_is_read_without_raising(kind: str, text: str) -> None:
    READERS[kind].matches(text)
    assert READERS[kind].read(text).kind == kind
