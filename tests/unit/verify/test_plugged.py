"""TensorFlow's and JAX's payloads where a plugin brings the device, with stand-ins for both."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from torchup.api.verifying.expecting import expected_of
from torchup.model import Stack
from torchup.verify.payload import jax_checks, tensorflow_checks

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    tensorflow_checks.FIRST.clear()
    yield
    tensorflow_checks.FIRST.clear()


def tensorflow(*names: str, cuda: bool = False) -> Any:  # noqa: ANN401 - a module's stand-in
    def details(one: str) -> dict[str, str]:
        return {"device_name": one}

    return SimpleNamespace(
        config=SimpleNamespace(
            list_physical_devices=lambda _kind: list(names),
            experimental=SimpleNamespace(get_device_details=details),
        ),
        test=SimpleNamespace(is_built_with_cuda=lambda: cuda),
        sysconfig=SimpleNamespace(),
    )


@pytest.mark.parametrize("kind", ["mps", "directml"])
def test_a_plugins_device_is_named(kind: str) -> None:
    status, values = tensorflow_checks.device(tensorflow("METAL"), kind, None)
    assert status == "pass"
    assert (values["names"], values["devices"]) == ("METAL", [f"{kind}:0"])
    assert tensorflow_checks.named(tensorflow("METAL"), kind) == "/device:GPU:0"


@pytest.mark.parametrize("kind", ["mps", "directml"])
def test_a_plugin_that_brings_no_device_is_a_failure(kind: str) -> None:
    status, values = tensorflow_checks.device(tensorflow(), kind, None)
    assert (status, values["reason"]) == ("fail", "absent")
    assert "plugin" in str(values["why"])


@pytest.mark.parametrize(
    ("built_with", "kind"),
    [("cuda", "cuda"), ("rocm", "rocm"), ("neither", "directml"), ("", "directml")],
)
def test_the_best_is_named_by_what_was_compiled_in(
    built_with: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    tf = tensorflow("GPU", cuda=built_with == "cuda")
    if built_with:
        tf.test.is_built_with_rocm = lambda: built_with == "rocm"
    status, values = tensorflow_checks.device(tf, "auto", None)
    assert (status, values["device"], values["devices"]) == ("pass", kind, [f"{kind}:0"])


def test_what_was_compiled_in_is_no_question_of_a_plugins() -> None:
    status, values = tensorflow_checks.fit(tensorflow("METAL"), "mps", None)
    assert (status, values["reason"]) == ("skip", "not-here")


class Jax:
    """JAX with Apple's plugin, or without."""

    def __init__(self, *, plugin: bool) -> None:
        self._plugin = plugin

    def devices(self, kind: str) -> list[Any]:
        if kind == "METAL" and self._plugin:
            return [SimpleNamespace(platform="METAL", device_kind="Apple M2")]
        if kind == "cpu":
            return [SimpleNamespace(platform="cpu", device_kind="cpu")]
        raise RuntimeError(f"Unknown backend {kind}")

    @staticmethod
    def default_device(_one: object) -> Any:  # noqa: ANN401 - JAX's own
        return nullcontext()


def test_apples_plugin_is_found_under_its_own_name() -> None:
    jax = Jax(plugin=True)
    status, values = jax_checks.device(jax, "mps", None)
    assert status == "pass"
    assert (values["device"], values["names"], values["devices"]) == ("mps", "Apple M2", ["mps:0"])
    assert jax_checks.kind_of(jax, "auto") == "mps"


def test_without_the_plugin_it_says_what_jax_says_of_gpus() -> None:
    status, values = jax_checks.device(Jax(plugin=False), "mps", None)
    assert (status, values["why"]) == ("fail", "Unknown backend gpu")


def test_what_the_plugin_has_no_kernel_for_is_no_wrong_result() -> None:
    ops, jax = jax_checks._Jax(), Jax(plugin=True)
    with pytest.raises(NotImplementedError), ops.on(jax, "mps"):
        raise RuntimeError("UNIMPLEMENTED: complex64")
    with pytest.raises(RuntimeError), ops.on(jax, "mps"):
        raise RuntimeError("out of memory")
    with pytest.raises(RuntimeError, match="UNIMPLEMENTED"), ops.on(jax, "cpu"):
        raise RuntimeError("UNIMPLEMENTED")


def test_a_plugin_is_no_companion_that_could_be_imported() -> None:
    stack = Stack(
        python="3.12",
        packages={"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"},
        build="metal",
        runtime="",
        device="mps",
    )
    (expected,) = expected_of(stack)
    assert expected.companions == {}
    assert expected.device == "mps"
