"""ONNX Runtime's payload: models without the package that makes them, and providers."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.verify.payload import onnxruntime_checks as checks
from torchup.verify.payload import onnxruntime_models as models

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Options:
    """What a session is told."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.log_severity_level = 2
        self.enable_mem_pattern = True
        self.execution_mode = ""

    def add_session_config_entry(self, key: str, value: str) -> None:
        self.entries[key] = value


class Runtime:
    """A stand-in that has some providers, and gives its sessions some."""

    SessionOptions = Options
    ExecutionMode = SimpleNamespace(ORT_SEQUENTIAL="sequential")

    def __init__(self, there: Sequence[str], given: Sequence[str]) -> None:
        self.there, self.given = list(there), list(given)
        self.asked: list[tuple[Options, Any]] = []

    def get_available_providers(self) -> list[str]:
        return self.there

    def InferenceSession(self, _content: bytes, options: Options, *, providers: Any) -> Any:  # noqa: ANN401, N802 - its own name
        self.asked.append((options, providers))
        return self

    def get_providers(self) -> list[str]:
        return self.given


CPU, CUDA = checks.CPU_PROVIDER, checks.CUDA_PROVIDER


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    for one in (checks.FIRST, checks.AUTO):
        one.clear()
    checks.SESSIONS.clear()
    yield
    checks.SESSIONS.clear()
    checks.AUTO.clear()
    checks.FIRST.clear()


def test_a_card_is_asked_for_without_a_way_back_to_the_cpu() -> None:
    ort = Runtime([CUDA, CPU], [CUDA, CPU])
    assert checks.device(ort, "cuda:1", None) == ("pass", {"device": "cuda:1", "names": CUDA})
    ((options, providers),) = ort.asked
    assert options.entries == {"session.disable_cpu_ep_fallback": "1"}
    assert providers == [(CUDA, {"device_id": "1"})]


DML, OPENVINO = "DmlExecutionProvider", "OpenVINOExecutionProvider"


@pytest.mark.parametrize(
    ("wanted", "provider", "settings"),
    [
        ("directml", DML, {"device_id": "0"}),
        ("directml:1", DML, {"device_id": "1"}),
        ("openvino", OPENVINO, {"device_type": "GPU"}),
        ("openvino:1", OPENVINO, {"device_type": "GPU.1"}),
    ],
)
def test_another_provider_is_named_with_its_own_settings(
    wanted: str, provider: str, settings: dict[str, str]
) -> None:
    ort = Runtime([provider, CPU], [provider, CPU])
    assert checks.device(ort, wanted, None) == ("pass", {"device": wanted, "names": provider})
    ((options, providers),) = ort.asked
    assert providers == [(provider, settings)]
    assert options.entries == {"session.disable_cpu_ep_fallback": "1"}
    assert options.enable_mem_pattern == (provider != DML)
    assert options.execution_mode == ("sequential" if provider == DML else "")


@pytest.mark.parametrize("wanted", ["directml", "openvino"])
def test_the_cpu_in_another_providers_place_is_a_failure_too(wanted: str) -> None:
    provider = checks.PROVIDERS[wanted]
    for ort in (Runtime([provider, CPU], [CPU]), Runtime([CPU], [CPU])):
        checks.SESSIONS.clear()
        assert checks.device(ort, wanted, None)[0] == "fail"


def test_the_best_may_be_another_provider() -> None:
    ort = Runtime([DML, CPU], [DML, CPU])
    assert checks.device(ort, "auto", None) == ("pass", {"device": "directml", "names": DML})


@pytest.mark.parametrize(
    ("ort", "said"),
    [
        (Runtime([CUDA, CPU], [CPU]), f"asked for {CUDA}, got {CPU}"),
        (Runtime([CPU], [CPU]), f"this package has {CPU}"),
    ],
)
def test_the_cpu_in_its_place_is_a_failure(ort: Runtime, said: str) -> None:
    status, values = checks.device(ort, "cuda", None)
    assert (status, values["reason"], values["why"]) == ("fail", "absent", said)
    assert checks.kind_of(ort, "auto") == "cpu"


class Computing(Runtime):
    """One that multiplies numbers, whatever model it is given."""

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="a"), SimpleNamespace(name="b")]

    def run_with_ort_values(self, _names: None, feeds: dict[str, int]) -> list[int]:
        return [feeds["a"] * feeds["b"]]


def test_it_computes_on_the_card_that_is_named() -> None:
    ort, ops = Computing([CUDA, CPU], [CUDA, CPU]), checks._OnnxRuntime()
    with ops.on(ort, "cuda:1"):
        assert ops.matmul(ort, 6, 7) == 42
    ((_, providers),) = ort.asked
    assert providers == [(CUDA, {"device_id": "1"})]
    other = Computing([CUDA, CPU], [CPU])
    with ops.on(other, "cuda"), pytest.raises(checks.OtherProviderError):
        ops.elementwise(other, 6, 7)


def test_a_model_is_written_once_and_not_for_every_run() -> None:
    written = []

    def content() -> bytes:
        written.append(1)
        return checks.SMALLEST

    ort = Runtime([CPU], [CPU])
    made = [checks.session(ort, "cpu", "small", content) for _ in range(3)]
    assert made == [ort] * 3
    assert (len(ort.asked), len(written)) == (1, 1)


def test_the_best_is_a_card_that_computes() -> None:
    assert checks.kind_of(Runtime([CUDA, CPU], [CUDA, CPU]), "auto") == "cuda"


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """Read a message of Protocol Buffers, written for this test alone."""
    found: list[tuple[int, int | bytes]] = []
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        size = varint()
        if key & 7:
            found.append((key >> 3, data[at : at + size]))
            at += size
        else:
            found.append((key >> 3, size))
    return found


@given(st.integers(1, 2**20), st.integers(-(2**63), 2**63 - 1))
def test_numbers_are_written_as_they_are_read(field: int, value: int) -> None:
    ((key, read),) = fields(models.whole(field, value))
    assert (key, read) == (field, value % 2**64)


@given(st.integers(1, 1000), st.text())
def test_text_is_written_as_it_is_read(field: int, value: str) -> None:
    assert fields(models.said(field, value)) == [(field, value.encode())]


def test_a_model_says_what_onnx_wants_of_it() -> None:
    nodes = [("MatMul", ["a", "b"], "c", {}), ("Softmax", ["c"], "out", {"axis": -1})]
    content = dict(fields(models.model(["a", "b"], nodes)))
    assert content[1] == models.IR
    assert dict(fields(bytes(content[8])))[2] == models.OPSET
    graph = fields(bytes(content[7]))
    kinds = [dict(fields(bytes(one)))[4] for key, one in graph if key == 1]
    assert kinds == [b"MatMul", b"Softmax"]
    assert [dict(fields(bytes(one)))[1] for key, one in graph if key in (11, 12)] == [
        b"a",
        b"b",
        b"out",
    ]


def test_openvino_on_windows_is_led_to_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def lead() -> None:
        called.append("led")
        raise SystemExit("Error: Please set the OPENVINO_LIB_PATHS environment variable.")

    tools = SimpleNamespace(add_openvino_libs_to_path=lead)
    monkeypatch.setitem(sys.modules, "onnxruntime.tools.add_openvino_win_libs", tools)
    ort = Runtime([OPENVINO, CPU], [OPENVINO, CPU])
    ort.__name__ = "onnxruntime"  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "platform", "linux")
    checks.settle(ort)
    assert called == []
    monkeypatch.setattr(sys, "platform", "win32")
    checks.settle(ort)
    assert called == ["led"]
