from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from stubs import machines, nvml
from torchup.vendors import VENDORS, VendorReport
from torchup.vendors.nvidia import payload_cuda
from torchup.vendors.nvidia.lost import _LOGS
from torchup.vendors.pci import display_devices

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host.capture import Capture

pytestmark = pytest.mark.skipif(nvml.library() is None, reason=nvml.NO_COMPILER)

TWO = {
    "driver": "570.124.06",
    "cuda": "12080",
    "gpu0.name": "NVIDIA GeForce GTX 1080",
    "gpu0.cc": "6.1",
    "gpu0.mem": str(8 << 30),
    "gpu0.uuid": "GPU-00000000-0000-0000-0000-000000000001",
    "gpu0.bus": "00000000:01:00.0",
    "gpu0.pci": "1b8010de",
    "gpu0.subsystem": "37021458",
    "gpu1.name": "NVIDIA GeForce RTX 4090",
    "gpu1.cc": "8.9",
    "gpu1.mem": str(24564 << 20),
    "gpu1.uuid": "GPU-00000000-0000-0000-0000-000000000002",
    "gpu1.bus": "00000000:02:00.0",
    "gpu1.pci": "268410de",
}
CARDS = (
    machines.card("0000:01:00.0", "10de:1b80", driver="nvidia"),
    machines.card("0000:02:00.0", "10de:2684", driver="nvidia"),
)
MACHINE = machines.linux(*CARDS, files=machines.driven("570.124.06"))


def detect(
    tmp_path: Path,
    config: dict[str, str],
    capture: Capture = MACHINE,
    limit: float | None = None,
) -> VendorReport:
    folder = nvml.library()
    assert folder is not None
    path = tmp_path / "fakenvml.cfg"
    path.write_text("".join(f"{key}={value}\n" for key, value in config.items()))
    host = nvml.StubbedHost(capture, folder, path, limit)
    return VENDORS["nvidia"](host, display_devices(host))


def codes(report: VendorReport) -> list[tuple[str, dict[str, Any]]]:
    return [(problem.code, problem.args) for problem in report.problems]


def test_two_unlike_cards(tmp_path: Path) -> None:
    report = detect(tmp_path, TWO)
    found = [(gpu.index, gpu.arch, gpu.memory_mib, gpu.pci_id) for gpu in report.gpus]
    assert found == [(0, "sm_61", 8192, "10de:1b80"), (1, "sm_89", 24564, "10de:2684")]
    assert report.gpus[0].subsystem == "1458:3702"
    assert report.gpus[1].uuid == "GPU-00000000-0000-0000-0000-000000000002"
    assert report.drivers[0].max_runtime == "12.8"
    assert codes(report) == []


def test_mig_and_its_absence_are_no_failure(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "gpu1.mig": "1"})
    assert [gpu.mig for gpu in report.gpus] == [None, True]
    told = [(seen.key, seen.value) for seen in report.evidence if seen.key.endswith(".mig")]
    assert told == [("0000:02:00.0.mig", "True")]
    assert codes(report) == []


def test_how_cards_are_set_up(tmp_path: Path) -> None:
    config = {
        **TWO,
        "gpu0.virtual": "2",
        "gpu0.compute": "3",
        "gpu0.persistence": "1",
        "gpu0.ecc": "0",
        "gpu1.virtual": "1",
        "gpu1.compute": "0",
        "gpu1.fabric": "3",
        "fail.nvmlDeviceGetPersistenceMode.1": "4",
        "fail.nvmlDeviceGetTotalEccErrors.1": "999",
    }
    report = detect(tmp_path, config)
    first, second = report.gpus
    told = (first.virtual, first.compute, first.persistence, first.ecc_errors)
    assert told == (True, "exclusive-process", True, 0)
    assert (second.virtual, second.compute, second.persistence) == (False, "default", None)
    assert codes(report) == []


def test_cards_that_nothing_can_compute_on(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "gpu0.compute": "2", "gpu1.ecc": "7", "gpu1.fabric": "1"})
    assert codes(report) == [
        ("nvidia-compute-prohibited", {"card": "NVIDIA GeForce GTX 1080", "index": "0"}),
        ("nvidia-ecc-errors", {"card": "NVIDIA GeForce RTX 4090", "index": "1", "count": "7"}),
        ("nvidia-fabric-not-started", {"version": "570.124.06"}),
    ]


def test_one_failing_question_spoils_nothing_else(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "fail.nvmlDeviceGetMemoryInfo.1": "999"})
    assert [gpu.memory_mib for gpu in report.gpus] == [8192, None]
    assert [gpu.arch for gpu in report.gpus] == ["sm_61", "sm_89"]
    assert codes(report) == [
        (
            "nvidia-gpu-query-failed",
            {"index": "1", "function": "nvmlDeviceGetMemoryInfo", "why": "Unknown Error"},
        )
    ]


def test_lost_card_is_counted_once_and_named_by_the_bus(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "fail.nvmlDeviceGetHandleByIndex.1": "15"})
    found = [(gpu.arch, gpu.pci_address) for gpu in report.gpus]
    assert found == [("sm_61", "0000:01:00.0"), (None, "0000:02:00.0")]
    assert codes(report) == [("nvidia-gpu-lost", {"card": "0000:02:00.0", "why": "GPU is lost"})]


def test_a_listed_card_that_is_lost_is_named_by_its_place(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "fail.nvmlDeviceGetMemoryInfo.0": "15"})
    assert codes(report) == [("nvidia-gpu-lost", {"card": "0000:01:00.0", "why": "GPU is lost"})]


ONE = {key: value for key, value in TWO.items() if not key.startswith("gpu1")}
XID_79 = "[ 812.4] NVRM: Xid (PCI:0000:02:00): 79, pid=0, GPU has fallen off the bus.\n"


@pytest.mark.parametrize(
    ("log", "revision", "why"), [(XID_79, "0xa1", "Xid 79"), ("", "0xff", "rev ff")]
)
def test_a_silent_card_is_lost_where_log_or_bus_tell_so(
    tmp_path: Path, log: str, revision: str, why: str
) -> None:
    at = f"{machines.PCI}/0000:02:00.0/revision"
    capture = replace(
        MACHINE,
        files={**MACHINE.files, at: f"{revision}\n"},
        ran=(machines.ran("dmesg", out=log),),
    )
    report = detect(tmp_path, ONE, capture)
    assert codes(report) == [("nvidia-gpu-lost", {"card": "0000:02:00.0", "why": why})]


def test_a_card_that_left_the_bus_is_known_from_the_log(tmp_path: Path) -> None:
    bare = machines.linux(
        files=machines.driven("580.65.06"),
        ran=(
            machines.ran("dmesg", err="dmesg: read kernel buffer failed\n", code=1),
            machines.ran(*_LOGS[1], out=XID_79),
        ),
    )
    report = detect(tmp_path, {"driver": "580.65.06", "cuda": "13000"}, bare)
    assert codes(report) == [("nvidia-gpu-lost", {"card": "0000:02:00.0", "why": "Xid 79"})]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("9", "nvidia-driver-not-loaded"),
        ("18", "nvidia-driver-mismatch"),
        ("4", "nvidia-nvml-failed"),
    ],
)
def test_refusal_has_its_reason(tmp_path: Path, number: str, code: str) -> None:
    report = detect(tmp_path, {**TWO, "fail.nvmlInit": number})
    assert code in [found for found, _ in codes(report)]
    # The cards are still known from the bus, the driver from its module.
    assert [gpu.pci_id for gpu in report.gpus] == ["10de:1b80", "10de:2684"]
    assert report.drivers[0].source == "/proc/driver/nvidia/version"


def test_hung_library_is_given_up(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "hang.nvmlInit": "60"}, limit=0.5)
    assert [code for code, _ in codes(report)] == ["nvidia-nvml-hung"]
    assert len(report.gpus) == 2


def test_crashed_library_takes_only_the_child_with_it(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "crash.nvmlDeviceGetName": "1"})
    assert [code for code, _ in codes(report)] == ["nvidia-nvml-crashed"]
    assert report.problems[0].args["why"].startswith("-6")
    assert len(report.gpus) == 2


def test_driver_without_cards_says_so(tmp_path: Path) -> None:
    bare = machines.linux(files=machines.driven("580.65.06"))
    report = detect(tmp_path, {"driver": "580.65.06", "cuda": "13000"}, bare)
    assert codes(report) == [("nvidia-no-gpu", {"version": "580.65.06"})]
    assert report.gpus == ()


def test_card_that_the_driver_does_not_list(tmp_path: Path) -> None:
    one = {key: value for key, value in TWO.items() if not key.startswith("gpu1")}
    report = detect(tmp_path, one)
    assert codes(report) == [
        ("nvidia-card-not-driven", {"card": "0000:02:00.0", "version": "570.124.06"})
    ]
    assert [gpu.index for gpu in report.gpus] == [0, None]


def test_cuda_counts_in_its_own_order(tmp_path: Path) -> None:
    report = detect(tmp_path, {**TWO, "cuda.order": "1,0"})
    assert [(gpu.index, gpu.cuda_index) for gpu in report.gpus] == [(0, 1), (1, 0)]
    assert codes(report) == []


def test_a_hidden_card_is_the_one_that_cuda_counts(tmp_path: Path) -> None:
    capture = replace(MACHINE, env={**MACHINE.env, "CUDA_VISIBLE_DEVICES": "0"})
    report = detect(tmp_path, {**TWO, "cuda.order": "1,0"}, capture)
    assert codes(report) == [("nvidia-hidden", {"value": "0", "hidden": "1", "total": "2"})]


@pytest.mark.parametrize(
    ("init", "code", "name"),
    [
        ("802", "nvidia-cuda-not-ready", "CUDA_ERROR_SYSTEM_NOT_READY"),
        ("803", "nvidia-cuda-driver-mismatch", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
        ("804", "nvidia-cuda-compat", "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
        ("777", "nvidia-cuda-not-started", "CUresult 777"),
    ],
)
def test_cuda_that_does_not_start(tmp_path: Path, init: str, code: str, name: str) -> None:
    report = detect(tmp_path, {**TWO, "cuda.init": init})
    assert codes(report) == [(code, {"code": init, "name": name})]
    assert [gpu.cuda_index for gpu in report.gpus] == [None, None]
    assert len(report.gpus) == 2, "what NVML said stands"


def test_a_system_that_is_not_ready_and_has_a_switch_lacks_its_fabric_manager(
    tmp_path: Path,
) -> None:
    capture = replace(MACHINE, files={**MACHINE.files, "/dev/nvidia-nvswitch0": ""})
    report = detect(tmp_path, {**TWO, "cuda.init": "802"}, capture)
    assert codes(report) == [("nvidia-fabric-not-started", {"version": "570.124.06"})]
    report = detect(tmp_path, {**TWO, "cuda.init": "802", "gpu0.fabric": "1"})
    assert codes(report) == [("nvidia-fabric-not-started", {"version": "570.124.06"})]


def test_why_cuda_sees_nothing_is_told_apart(tmp_path: Path) -> None:
    cut = {**TWO, "gpu0.mig": "1", "gpu1.mig": "1", "cuda.init": "100"}
    assert codes(detect(tmp_path, cut)) == [("nvidia-mig-empty", {})]
    assert codes(detect(tmp_path, {**TWO, "cuda.init": "999"})) == [("nvidia-uvm-missing", {})]
    whole = replace(MACHINE, files={**MACHINE.files, "/dev/nvidia-uvm": ""})
    args = {"code": "999", "name": "CUDA_ERROR_UNKNOWN"}
    found = codes(detect(tmp_path, {**TWO, "cuda.init": "999"}, whole))
    assert found == [("nvidia-cuda-not-started", args)]


def test_where_nvml_is_missing_cuda_tells_the_cards(tmp_path: Path) -> None:
    sandbox = replace(machines.GVISOR, files={"/.dockerenv": "", "/dev/nvidia0": ""})
    report = detect(tmp_path, {**TWO, "fail.nvmlInit": "12", "cuda.order": "1,0"}, sandbox)
    found = [(gpu.name, gpu.arch, gpu.memory_mib, gpu.cuda_index) for gpu in report.gpus]
    assert found == [
        ("NVIDIA GeForce RTX 4090", "sm_89", 24564, 0),
        ("NVIDIA GeForce GTX 1080", "sm_61", 8192, 1),
    ]
    assert report.gpus[0].uuid == TWO["gpu1.uuid"]
    assert (report.drivers[0].version, report.drivers[0].max_runtime) == ("", "12.8")
    assert codes(report) == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"cuda.crash": "1"}, ("nvidia-cuda-crashed", {"why": "-6"})),
        ({"cuda.hang": "60"}, ("nvidia-cuda-hung", {"seconds": "15"})),
    ],
    ids=str,
)
def test_a_library_that_takes_its_child_along(
    tmp_path: Path, fault: dict[str, str], problem: tuple[str, dict[str, str]]
) -> None:
    report = detect(tmp_path, {**TWO, **fault}, limit=3)
    assert [gpu.cuda_index for gpu in report.gpus] == [None, None]
    assert [gpu.arch for gpu in report.gpus] == ["sm_61", "sm_89"]
    assert codes(report) == [problem]
    assert [seen.key for seen in report.evidence if seen.source == "libcuda"] == ["ended"]


def test_a_library_off_the_path_is_found_where_wsl_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, config = nvml.library(), tmp_path / "fakenvml.cfg"
    config.write_text("cuda=13000\ngpu0.name=RTX 4070\ngpu0.cc=8.9\ngpu0.bus=0000:01:00.0\n")
    monkeypatch.setenv("FAKENVML", str(config))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(payload_cuda, "WSL", str(folder))
    payload_cuda.main()
    said = json.loads(capsys.readouterr().out)
    assert (said["init"], said["off_path"]) == (0, str(folder))
    assert said["devices"][0]["capability"] == [8, 9]
