"""ONNX Runtime, whose build for CUDA is a package of another name, from made wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import TAG
from torchup.errors import EXIT_DONE, EXIT_NO
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

VERSION = "1.31.1"
MODULE = {"onnxruntime/__init__.py": f"__version__ = {VERSION!r}\n"}
GPU = "onnxruntime-gpu"


@needs_world
def test_the_package_of_the_build_is_installed_and_looked_after(
    own: IndexServer, tmp_path: Path
) -> None:
    simple = own.root / "simple"
    for name, extras in (("onnxruntime", ()), (GPU, ("cuda", "cudnn"))):
        needs = ["numpy", *(f'nvidia-{one}; extra == "{one}"' for one in extras)]
        files = MODULE | {f"onnxruntime/{name}.txt": ""}
        make_wheel(simple, name, VERSION, tag=TAG, requires=needs, extras=extras, files=files)
        for one in extras:
            make_wheel(simple, f"nvidia-{one}", "13.0.1")
    make_wheel(simple, "rembg", "2.0", requires=["onnxruntime"])
    torchup = Torchup(tmp_path, **sources_of(own))
    made = torchup("create", "ort", "onnxruntime", "rembg", "--build", "cu130", "--no-verify")
    assert made.code == EXIT_DONE, made
    (row,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    assert (row["state"], row["build"]) == ("ok", "cu130")
    there = row["packages"]
    assert there.keys() >= {GPU, "nvidia-cuda", "nvidia-cudnn", "rembg"}
    assert "onnxruntime" not in there, "it would overwrite the build's own files"
    path = torchup.home / "envs" / "ort"
    assert f"{GPU}=={VERSION}" in (path / ".torchup" / "constraints.txt").read_text()
    exported = torchup("export", "ort", "--format", "requirements").out.splitlines()
    assert exported[0] == f"{GPU}=={VERSION}"
    added = torchup("add", "six", "-n", "ort", "--no-verify")
    assert added.code == EXIT_DONE, added
    again = torchup("create", "ort", "onnxruntime", "--build", "cu130")
    assert again.code == EXIT_DONE, again
    assert torchup("remove", "onnxruntime", "-n", "ort").code == EXIT_NO
    assert torchup("doctor", "ort").code == EXIT_DONE
    assert torchup("clone", "ort", "twin").code == EXIT_DONE
    lock = str(tmp_path / "pylock.ort.toml")
    assert torchup("lock", "ort", "-o", lock).code == EXIT_DONE
    synced = torchup("sync", lock, "-n", "third", "--row", "cu130", "--no-verify")
    assert synced.code == EXIT_DONE, synced
    shown = torchup("show", "third", "--json")
    assert GPU in shown.out
    assert torchup("sync", lock, "-n", "third", "--row", "cu130", "--no-verify").code == EXIT_DONE


@needs_world
def test_a_package_that_stands_for_a_build_is_installed_in_its_place(
    own: IndexServer, tmp_path: Path
) -> None:
    simple = own.root / "simple"
    version, name = "1.24.1", "onnxruntime-openvino"
    module = {"onnxruntime/__init__.py": f"__version__ = {version!r}\n"}
    for package in ("onnxruntime", name):
        files = module | {f"onnxruntime/{package}.txt": ""}
        make_wheel(simple, package, version, tag=TAG, requires=["numpy"], files=files)
    torchup = Torchup(tmp_path, **sources_of(own))
    made = torchup("create", "ort", name, "--no-verify")
    assert made.code == EXIT_DONE, made
    (row,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    assert (row["state"], row["build"]) == ("ok", "openvino")
    assert name in row["packages"]
    assert "onnxruntime" not in row["packages"]
    again = torchup("create", "ort", "onnxruntime", "--build", "openvino")
    assert again.code == EXIT_DONE, again
    assert torchup("add", "six", "-n", "ort", "--no-verify").code == EXIT_DONE
    assert torchup("clone", "ort", "twin").code == EXIT_DONE
    lock = str(tmp_path / "pylock.ort.toml")
    assert torchup("lock", "ort", "-o", lock).code == EXIT_DONE
    synced = torchup("sync", lock, "-n", "third", "--row", "openvino", "--no-verify")
    assert synced.code == EXIT_DONE, synced


def test_without_the_card_the_cpu_is_no_answer_to_verify(own: IndexServer, tmp_path: Path) -> None:
    simple = own.root / "simple"
    name = "onnxruntime-openvino"
    source = (
        "__version__ = '1.24.1'\n"
        "def get_available_providers():\n"
        "    return ['OpenVINOExecutionProvider', 'CPUExecutionProvider']\n"
        "class SessionOptions:\n"
        "    def add_session_config_entry(self, key, value): pass\n"
        "class InferenceSession:\n"
        "    def __init__(self, *given, **more): pass\n"
        "    def get_providers(self):\n"
        "        return ['CPUExecutionProvider']\n"
    )
    files = {"onnxruntime/__init__.py": source}
    make_wheel(simple, name, "1.24.1", tag=TAG, files=files)
    torchup = Torchup(tmp_path, **sources_of(own))
    assert torchup("create", "ort", name, "--no-verify").code == EXIT_DONE
    done = torchup("verify", "ort", "--quick", "--device", "openvino")
    assert done.code == EXIT_NO, done
    assert "got CPUExecutionProvider" in done.out


@needs_world
def test_a_plugin_is_locked_for_the_system_that_it_is_for(own: IndexServer, tmp_path: Path) -> None:
    simple = own.root / "simple"
    mac, windows = "cp312-cp312-macosx_12_0_arm64", "cp310-cp310-win_amd64"
    make_wheel(simple, "tensorflow", "2.18.1", tag=mac)
    make_wheel(simple, "tensorflow-metal", "1.2.0", tag=mac)
    make_wheel(simple, "tensorflow-cpu", "2.10.0", tag=windows)
    needs = ["tensorflow-cpu==2.10.0"]
    plugin = "tensorflow-directml-plugin"
    make_wheel(simple, plugin, "0.4.0.dev230202", tag=windows, requires=needs)
    make_wheel(simple, "tensorboard", "2.18.0")
    torchup = Torchup(tmp_path, **sources_of(own))
    asked = tmp_path / "requirements.txt"
    asked.write_text("tensorflow\n", encoding="utf-8")
    rows = ("mac=metal,macos,arm64,gpu=Apple M2", "win=directml,windows,gpu=Radeon RX 7800 XT")
    lock = tmp_path / "pylock.toml"
    words = [word for row in rows for word in ("--row", row)]
    done = torchup("lock", "-r", str(asked), *words, "-o", str(lock))
    assert done.code == EXIT_DONE, done
    assert "tensorflow 2.18.1+metal · tensorflow-metal 1.2.0" in done.out
    written = lock.read_text(encoding="utf-8")
    for name in ("tensorflow", "tensorflow-metal", "tensorflow-cpu", plugin):
        assert f'name = "{name}"' in written
    assert 'distributions = {tensorflow = "tensorflow-cpu"}' in written


@needs_world
def test_a_plugin_that_asks_for_a_newer_macos_is_locked_for_that(
    own: IndexServer, tmp_path: Path
) -> None:
    simple = own.root / "simple"
    make_wheel(simple, "jax", "0.4.34", requires=["jaxlib==0.4.34"])
    make_wheel(simple, "jaxlib", "0.4.34", tag="cp313-cp313-macosx_11_0_arm64")
    make_wheel(simple, "jax-metal", "0.1.1", tag="py3-none-macosx_13_0_arm64")
    torchup = Torchup(tmp_path, **sources_of(own))
    asked = tmp_path / "requirements.txt"
    asked.write_text("jax\n", encoding="utf-8")
    row = "mac=metal,macos,arm64,gpu=Apple M2"
    lock = str(tmp_path / "pylock.toml")
    done = torchup("lock", "-r", str(asked), "--row", row, "-o", lock)
    assert done.code == EXIT_DONE, done
    assert "jax 0.4.34+metal · jaxlib 0.4.34 · jax-metal 0.1.1" in done.out
