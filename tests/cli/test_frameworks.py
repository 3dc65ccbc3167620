"""JAX and TensorFlow on the command line: described machines, several at once, what is refused."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import one_error
from madeenvironments import add_package, site_of
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from cli.process import Torchup

ADA = ("--gpu", "RTX 4090", "--driver", "550.54.14", "--os", "linux")
WINDOWS = ("--gpu", "RTX 3060", "--driver", "551.61", "--os", "windows")


def test_jax_is_an_extra_of_its_package(torchup: Torchup) -> None:
    done = torchup("plan", "jax", *ADA, "--json")
    assert done.code == EXIT_DONE, done
    plan = done.document("torchup.plan/v1")
    stack = plan["stack"]
    assert (stack["build"], stack["device"]) == ("cu12", "cuda")
    assert set(stack["packages"]) == {"jax", "jaxlib"}
    assert any("jax[cuda12]==" in " ".join(one["command"]) for one in plan["steps"])


def test_the_last_tensorflow_for_windows(torchup: Torchup) -> None:
    done = torchup("plan", "tensorflow==2.10", *WINDOWS)
    assert done.code == EXIT_DONE, done
    assert "cudatoolkit=11.2 cudnn=8.1" in done.out
    assert "TensorFlow 2.10.1 is the last release" in done.out
    assert "WSL 2" in done.out
    assert "--build directml" in done.out
    said = torchup("plan", "tensorflow==2.10", *WINDOWS, "--lang", "zh_CN")
    assert "最后一个" in said.out


def test_several_share_one_cuda(torchup: Torchup) -> None:
    done = torchup("plan", "torch", "jax", *ADA, "--print", "pip")
    assert done.code == EXIT_DONE, done
    first, second = done.out.splitlines()[1:]
    assert "torch==" in first
    assert "--index-url" in first
    assert "jax[cuda12]==" in second
    assert "--index-url" not in second


def test_what_the_second_of_several_needs_is_printed_too(torchup: Torchup) -> None:
    old = ("torch", "tensorflow==2.10", "--gpu", "RTX 3090", "--driver", "550")
    pip = torchup("plan", *old, "--print", "pip").out
    assert pip.endswith("# CUDA: cudatoolkit=11.2 cudnn=8.1\n")
    assert pip.count("tensorflow==2.10") == 1
    conda = torchup("plan", *old, "--print", "conda").out
    assert "--channel conda-forge cudatoolkit=11.2 cudnn=8.1" in conda
    assert "# CUDA: cudatoolkit=11.2" in torchup("plan", *old, "--print", "dockerfile").out


def test_what_does_not_go_together_says_what_would(torchup: Torchup) -> None:
    done = torchup("plan", "torch==1.13.1", "jax==0.12.0", *ADA)
    assert done.code == EXIT_NO
    assert "No Python and no CUDA have all of it" in done.out
    assert "they go together" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tensorflow-cpu",), "tensorflow"),
        (("jax[cuda12]", "--build", "cu13"), "two builds"),
        (("jax[cuda12]", "--cpu"), "cu12"),
        (("jax0.4",), "jax==0.4"),
        (("jax @ https://example.test/jax.whl",), "jax"),
    ],
)
def test_what_cannot_be_taken(torchup: Torchup, arguments: tuple[str, ...], said: str) -> None:
    assert said in one_error(torchup("plan", *arguments, *ADA), EXIT_USAGE)


def test_a_release_that_nobody_knows(torchup: Torchup) -> None:
    done = torchup("plan", "jax==99", *ADA)
    assert done.code == EXIT_NO
    assert "No JAX fits" in done.out
    assert "0.4.30" in done.out


def test_a_build_is_asked_of_the_framework_that_has_it(torchup: Torchup) -> None:
    done = torchup("plan", "torch", "jax", *ADA, "--build", "cu12", "--print", "pip")
    assert done.code == EXIT_DONE, done
    assert "jax[cuda12]==" in done.out
    assert "torch==" in done.out
    done = torchup("plan", "torch", "jax", *ADA, "--build", "cpu", "--print", "pip")
    assert done.code == EXIT_DONE, done
    assert "cuda" not in done.out


@pytest.mark.parametrize("command", ["plan", "why"])
def test_the_one_that_is_lacking_is_named_with_a_way_out(torchup: Torchup, command: str) -> None:
    done = torchup(command, "torch", "jax", "--build", "cu13", *ADA)
    assert done.code == EXIT_NO
    assert "No JAX fits" in done.out
    assert 'torchup create NAME "jax[cuda12]==' in done.out
    assert '" torch\n' in done.out
    assert (
        "没有符合要求又适合这台机器的 JAX"
        in torchup(command, "torch", "jax", "--build", "cu13", *ADA, "--lang", "zh_CN").out
    )


def test_a_way_out_of_several_is_a_command_that_works(torchup: Torchup) -> None:
    done = torchup("plan", "torch", "jax", "--build", "cu13", *ADA)
    line = next(one for one in done.out.splitlines() if "torchup create NAME" in one)
    words = shlex.split(line.strip())[3:]
    again = torchup("plan", *words, *ADA, "--json")
    assert again.code == EXIT_DONE, again
    assert {"torch", "jax"} <= again.document("torchup.plan/v1")["stack"]["packages"].keys()


def test_a_release_with_one_build_for_cards_needs_no_build_named(torchup: Torchup) -> None:
    done = torchup("plan", "torch", "tensorflow==2.1", "--python", "3.12", *ADA)
    assert done.code == EXIT_NO
    assert "No TensorFlow fits" in done.out
    assert "torchup create NAME tensorflow==2." in done.out


def test_a_line_for_another_python_is_not_pinned(torchup: Torchup) -> None:
    lines = ("torch", "jax; python_version<'3.12'")
    done = torchup("plan", *lines, *ADA, "--json")
    stack = done.document("torchup.plan/v1")["stack"]
    assert ("jax" in stack["packages"]) == (stack["python"] in ("3.10", "3.11"))
    done = torchup("plan", *lines, "--python", "3.11", *ADA, "--json")
    assert "jax" in done.document("torchup.plan/v1")["stack"]["packages"]


def test_a_build_of_another_name_is_not_laid_over_the_chosen_one(torchup: Torchup) -> None:
    lines = ("torch", "onnxruntime-gpu>=1.20", "--cpu", "--print", "pip")
    done = torchup("plan", *lines, *ADA)
    assert done.code == EXIT_DONE, done
    assert "onnxruntime==" in done.out
    assert "onnxruntime-gpu" not in done.out


def test_lines_that_do_not_count_here_name_no_framework(torchup: Torchup) -> None:
    lines = ("torch; sys_platform == 'darwin'", "jax; sys_platform == 'linux'")
    done = torchup("plan", *lines, *ADA, "--json")
    assert done.code == EXIT_DONE, done
    assert set(done.document("torchup.plan/v1")["stack"]["packages"]) == {"jax", "jaxlib"}
    mac = torchup("plan", *lines, "--os", "macos", "--arch", "arm64", "--gpu", "M2", "--json")
    assert mac.code == EXIT_DONE, mac
    assert "jax" not in mac.document("torchup.plan/v1")["stack"]["packages"]


def test_several_of_conda_share_one_cuda(torchup: Torchup) -> None:
    asked = ("plan", "torch", "tensorflow==2.18", "jax", "--backend", "conda", *ADA)
    plan = torchup(*asked, "--json").document("torchup.plan/v1")
    stack = plan["stack"]
    assert (stack["build"], stack["origin"], stack["runtime"]) == ("cu129", "conda", "12.9")
    assert {"torch", "tensorflow", "jax", "jaxlib"} <= set(stack["packages"])
    assert "together" in {one["code"] for one in plan["reasons"]}
    made = plan["steps"][0]["command"]
    assert any(one.startswith("tensorflow=2.18.0=*cuda128*") for one in made)
    assert any(one.startswith("jaxlib=") and one.endswith("=*cuda129*") for one in made)
    printed = torchup(*asked, "--print", "conda").out
    assert "pip install jax" not in printed


def test_a_system_without_any_release_is_said_without_a_range(torchup: Torchup) -> None:
    done = torchup("plan", "jax", "--backend", "conda", *WINDOWS)
    assert done.code == EXIT_NO
    assert "no release of jax for this system at all" in done.out
    assert "from - to -" not in done.out
    said = torchup("plan", "jax", "--backend", "conda", *WINDOWS, "--lang", "zh_CN")
    assert "任何适合这个系统的 jax 版本" in said.out


def test_several_of_conda_without_such_a_set_name_the_nearest(torchup: Torchup) -> None:
    asked = ("torch==2.13.0", "tensorflow==2.10", "--backend", "conda")
    done = torchup("plan", *asked, *ADA)
    assert done.code == EXIT_NO
    assert "No Python and no CUDA have all of it" in done.out
    assert "they go together" in done.out
    retired = torchup("plan", "torch==2.0.1", "jax", "--backend", "conda", *ADA)
    assert retired.code == EXIT_NO
    assert "they go together" in retired.out
    unknown = torchup("plan", "torch", "onnxruntime", "--backend", "conda", *ADA)
    assert "ONNX Runtime" in one_error(unknown, EXIT_USAGE)


def test_the_matrix_of_another_framework(torchup: Torchup) -> None:
    done = torchup("compat", "jax==0.4.30", "--gpu", "RTX 5090", "--json")
    assert done.code == EXIT_DONE, done
    matrix = done.document("torchup.compat/v1")
    assert matrix["framework"] == "jax"
    assert {one["release"] for one in matrix["rows"]} == {"0.4.30"}
    assert {one["build"] for one in matrix["rows"]} == {"cu12"}
    named = torchup("compat", "--framework", "tensorflow", "--torch", "2.10.1", "--csv")
    lines = named.out.splitlines()
    assert any(line.startswith("2.10.1,") and "cu112" in line for line in lines)
    shown = torchup("compat", "tensorflow==2.10.1")
    assert "cudatoolkit=11.2 cudnn=8.1" in shown.out


def test_the_last_release_of_another_framework(torchup: Torchup) -> None:
    cards = ("--gpu", "V100", "--gpu", "RTX 5090", "--gpu", "GTX 480")
    done = torchup("compat", "tensorflow", "--last", *cards, "--json")
    assert done.code == EXIT_NO, done  # the last one has none
    volta, blackwell, fermi = done.document("torchup.compat/v1")["cards"]
    ends = {one["platform"]: one for one in volta["ends"]}
    assert ends["windows-x86_64"]["release"] == "2.10.1"
    assert not ends["windows-x86_64"]["current"], "later ones compute on the CPU there"
    assert ends["linux-x86_64"]["current"]
    assert {one["build"] for one in blackwell["ends"]} == {"directml"}, "which has to be named"
    assert not fermi["ends"]
    assert "PTX" in blackwell["why"]["text"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("keras",), "none of the frameworks"),
        (("jax==x",), "names no releases"),
        (("jax", "--framework", "torch"), "one framework"),
        (("jax==0.5.0", "--torch", "2"), "named twice"),
        (("jax", "--build", "cu126"), "cpu, cu12, cu13"),
    ],
)
def test_a_wrong_question_about_a_matrix(
    torchup: Torchup, arguments: tuple[str, ...], said: str
) -> None:
    assert said in one_error(torchup("compat", *arguments), EXIT_USAGE)


def test_facts_of_another_framework(torchup: Torchup) -> None:
    for asked in ("tensorflow 2.10", "tensorflow==2.10.1", "tensorflow[and-cuda]==2.10.1"):
        shown = torchup("facts", "show", asked)
        assert shown.code == EXIT_DONE, shown
        assert shown.out.startswith("tensorflow 2.10.1\n")
        assert "cudatoolkit=11.2" in shown.out
    newest = torchup("facts", "show", "jax")
    assert newest.out.startswith("jax 0.")
    unknown = torchup("facts", "show", "jax 99")
    assert unknown.code == EXIT_NO
    assert "jax 0." in unknown.err


def test_why_not_alone_says_what_it_is_about(torchup: Torchup) -> None:
    done = torchup("why", "--not", "jax==0.4.30 --build cu13", *ADA)
    assert done.code == EXIT_NO, done
    assert done.out.startswith("jax==0.4.30 --build cu13 does not fit")


def test_a_project_says_which_framework_it_is_about(torchup: Torchup) -> None:
    folder = torchup.root / "keras 项目"
    folder.mkdir()
    (folder / "train.py").write_text("import keras\n", encoding="utf-8")
    done = torchup("plan", "--project", str(folder), *ADA)
    assert done.code == EXIT_DONE, done
    assert "tensorflow 2." in done.out
    assert "keras is of no use without tensorflow" in done.out
    assert "torch 2." not in done.out
    (folder / "requirements.txt").write_text("jax[cuda12]==0.4.30\nflax\n", encoding="utf-8")
    done = torchup("plan", "--project", str(folder), *ADA, "--json")
    stack = done.document("torchup.plan/v1")["stack"]
    assert (stack["packages"]["jax"], stack["build"]) == ("0.4.30", "cu12")
    listed = torchup("plan", "-r", str(folder / "requirements.txt"), *ADA, "--json")
    assert listed.document("torchup.plan/v1")["stack"]["packages"]["jax"] == "0.4.30"
    alone = torchup("plan", "flax", *ADA, "--json")
    assert "jax" in alone.document("torchup.plan/v1")["stack"]["packages"]


@pytest.mark.parametrize("name", ["tensorflow", "jax", "onnxruntime"])
def test_the_picture_is_of_the_framework_that_is_named(torchup: Torchup, name: str) -> None:
    done = torchup("compat", name, "--svg", f"{name}.svg")
    assert done.code == EXIT_DONE, done
    drawn = (torchup.root / f"{name}.svg").read_text(encoding="utf-8")
    assert f"{name}: which builds run on which architecture (linux-x86_64, cuda)" in drawn
    assert "cu1" in drawn


def test_the_site_of_another_framework_names_it_in_its_commands(torchup: Torchup) -> None:
    done = torchup("compat", "onnxruntime", "--site", "public")
    assert done.code == EXIT_DONE, done
    page = (torchup.root / "public" / "card" / "amd-radeon-rx-7800-xt.html").read_text("utf-8")
    assert "torchup create NAME onnxruntime<" in page
    assert "torchup create NAME onnxruntime==1.24.4 --build directml<" in page


def test_the_last_release_through_directml(torchup: Torchup) -> None:
    done = torchup("compat", "onnxruntime", "--last", "--gpu", "Radeon RX 7800 XT")
    assert done.code == EXIT_DONE, done
    assert "1.24.4+directml" in done.out
    shown = torchup(
        "compat", "onnxruntime==1.24.4", "--gpu", "GTX 770", "--os", "windows", "--json"
    )
    rows = shown.document("torchup.compat/v1")["rows"]
    assert [(row["build"], row["covers"]) for row in rows] == [("directml", ["code"])]


def test_a_day_in_the_past(torchup: Torchup) -> None:
    done = torchup("plan", "tensorflow", "--as-of", "2022-06-01", *ADA, "--json")
    stack = done.document("torchup.plan/v1")["stack"]
    assert stack["packages"]["tensorflow"] == "2.9.1"


@pytest.mark.parametrize("name", ["jax", "tensorflow"])
def test_no_nightlies_are_known(torchup: Torchup, name: str) -> None:
    said = one_error(torchup("plan", name, "--nightly", *ADA), EXIT_USAGE)
    assert "Nightly builds of" in said


def test_an_environment_of_another_tool_that_holds_jax(torchup: Torchup) -> None:
    folder = torchup.root / "mine"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    site_of(folder).mkdir(parents=True)
    for name in ("jax", "jaxlib", "jax_cuda12_plugin", "numpy"):
        add_package(folder, name, "0.10.2")
    done = torchup("adopt", str(folder), "--json")
    assert done.code == EXIT_DONE, done
    (listed,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    assert listed["packages"]["jax"] == "0.10.2"
    assert listed["build"] == "cu12"
    shown = torchup("show", "mine", "--json").document("torchup.environment/v1")
    assert set(shown["stack"]["packages"]) == {"jax", "jaxlib"}
    empty = torchup.root / "empty"
    empty.mkdir()
    assert "PyTorch, TensorFlow, JAX" in one_error(torchup("adopt", str(empty)), EXIT_USAGE)


@pytest.mark.parametrize(
    ("packages", "framework", "build"),
    [
        ({"tensorflow_cpu": "2.15.0"}, "tensorflow", "cpu"),
        ({"tensorflow_gpu": "2.4.1"}, "tensorflow", ""),
        ({"onnxruntime_gpu": "1.31.1"}, "onnxruntime", "cu130"),
        ({"onnxruntime_openvino": "1.24.1"}, "onnxruntime", "openvino"),
    ],
)
def test_an_environment_of_another_tool_that_holds_another_build(
    torchup: Torchup, packages: dict[str, str], framework: str, build: str
) -> None:
    folder = torchup.root / "mine"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    site_of(folder).mkdir(parents=True)
    for name, version in packages.items():
        add_package(folder, name, version)
    done = torchup("adopt", str(folder), "--json")
    assert done.code == EXIT_DONE, done
    (listed,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    ((name, version),) = packages.items()
    assert listed["packages"][name.replace("_", "-")] == version
    assert listed["build"] == build
    assert framework in torchup("list").out
    shown = torchup("show", "mine", "--json").document("torchup.environment/v1")
    assert shown["stack"]["packages"] == {framework: version}
    assert torchup("doctor", "mine").code == EXIT_DONE


def test_another_way_to_the_card_has_its_command(torchup: Torchup) -> None:
    card = ("--os", "windows", "--gpu", "RTX 4060", "--driver", "472.12")
    done = torchup("plan", "onnxruntime", *card)
    assert done.code == EXIT_NO, done
    assert "torchup create NAME onnxruntime --build directml" in done.out
    taken = torchup("plan", "onnxruntime", "--build", "directml", *card, "--json")
    plan = taken.document("torchup.plan/v1")
    assert plan["stack"]["device"] == "directml"
    commands = [" ".join(one["command"]) for one in plan["steps"]]
    assert any("onnxruntime-directml==1.24.4" in one for one in commands)
