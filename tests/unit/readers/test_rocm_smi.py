from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import rocm_smi

RULE = "=" * 60
MODELS = f"""\
{RULE[:10]} ROCm System Management Interface {RULE[:10]}
Device  [Model : Revision]    Temp    Power
        Name (20 chars)       (Edge)  (Avg)
{RULE}
0       [0x74a1 : 0x00]       45.0°C  173.0W
        AMD Instinct MI300X
1       [0x0b0c : 0x00]       43.0°C  N/A
        AMD INSTINCT MI200 (
2       [0x5200 : 0xc8]       46.0°C  72.0W
        0x744c
{RULE}
{RULE[:10]} End of ROCm SMI Log {RULE[:10]}
"""
IDS = f"""\
{RULE[:10]} ROCm System Management Interface {RULE[:10]}
Device  Node  IDs              Temp    Power
              (DID,     GUID)  (Edge)  (Avg)
{RULE}
0       1     0x7480,   19047  35.0°C  0.0W
1       2     0x15bf,   17218  48.0°C  19.1W
{RULE}
{RULE[:10]} End of ROCm SMI Log {RULE[:10]}
"""
LINES = f"""\
{RULE[:10]} ROCm System Management Interface {RULE[:10]}
Driver version: 6.7.0
GPU[0]\t\t: Card Series: \t\tInstinct MI210
GPU[0]\t\t: Card Model: \t\t0x740f
GPU[0]\t\t: Card Vendor: \t\tAdvanced Micro Devices, Inc. [AMD/ATI]
GPU[0]\t\t: Subsystem ID: \t0x0c34
GPU[0]\t\t: GFX Version: \t\tgfx90a
GPU[0]\t\t: VRAM Total Memory (B): 68702699520
GPU[0]\t\t: PCI Bus: 0000:63:00.0
{RULE[:10]} End of ROCm SMI Log {RULE[:10]}
"""


def test_the_table_with_models() -> None:
    reading = rocm_smi.read(MODELS)
    assert reading.state == "ok"
    assert [(gpu.index, gpu.name, gpu.truncated) for gpu in reading.gpus or ()] == [
        (0, "AMD Instinct MI300X", False),
        (1, "AMD INSTINCT MI200 (", True),
        (2, None, False),
    ]
    assert [gpu.pci_id for gpu in reading.gpus or ()] == ["1002:74a1", None, "1002:744c"]


def test_the_table_with_ids() -> None:
    assert [gpu.pci_id for gpu in rocm_smi.read(IDS).gpus or ()] == ["1002:7480", "1002:15bf"]


def test_a_line_for_each_value() -> None:
    reading = rocm_smi.read(LINES)
    (card,) = reading.gpus or ()
    assert reading.driver == "6.7.0"
    assert (card.name, card.arch, card.pci_id, card.memory_mib, card.bus_id) == (
        "Instinct MI210",
        "gfx90a",
        "1002:740f",
        65520,
        "0000:63:00.0",
    )


def test_what_is_cut_off() -> None:
    reading = rocm_smi.read(LINES[: LINES.index("GPU[0]\t\t: GFX")])
    assert (reading.state, len(reading.gpus or ())) == ("truncated", 1)
    assert rocm_smi.read(MODELS[:60]).state == "truncated"


def test_without_the_driver() -> None:
    text = "ERROR:root:Driver not initialized (amdgpu not found in modules)"
    reading = rocm_smi.read(text)
    assert (reading.state, reading.gpus) == ("driver-not-loaded", None)
    assert rocm_smi.read("WARNING: No AMD GPUs specified").gpus == ()


def test_each_form_is_recognised() -> None:
    assert all(rocm_smi.matches(each) for each in (MODELS, IDS, LINES))


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    rocm_smi.matches(text)
    assert rocm_smi.read(text).kind == rocm_smi.KIND


@given(spoiled(MODELS, IDS, LINES))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    rocm_smi.matches(text)
    assert rocm_smi.read(text).kind == rocm_smi.KIND
