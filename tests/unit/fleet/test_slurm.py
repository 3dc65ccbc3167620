"""Scripts for Slurm, run with a small Slurm that stands in for its commands."""

from __future__ import annotations

import base64
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleethosts import fake_card
from madeenvironments import make_environment
from torchup.api.context import Context
from torchup.api.environments.contents import load
from torchup.api.fleet.saved import read_hosts
from torchup.errors import UsageError
from torchup.fleet.slurm.directives import OF_BOTH, OF_PROBE, directives
from torchup.fleet.slurm.scripts import probe_script, together_script
from torchup.fleet.together import told_together
from torchup.host.real import RealHost
from torchup.state.home import Home
from torchup.wire import read
from torchup.words import load_words

if TYPE_CHECKING:
    from torchup.model import Environment
    from torchup.wire.gathered import AnswersV1

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nodes of Slurm are Linux")

STUB = Path(__file__).parents[2] / "stubs" / "slurm.py"
COMMANDS = ("sinfo", "sbatch", "scontrol", "scancel", "srun")
WORDS = load_words("en")


class Cluster:
    """A cluster of nodes that are described, and a folder that all of them see."""

    def __init__(self, root: Path, **nodes: dict[str, str]) -> None:
        self.root = root
        self.slurm = root / "slurm"
        self.slurm.mkdir()
        for name in COMMANDS:
            program = self.slurm / name
            program.write_text(f"#!{sys.executable}\n{STUB.read_text()}")
            program.chmod(0o755)
        self.describe(**nodes)
        self.env = {
            "PATH": f"{self.slurm}:/usr/bin:/bin",
            "FAKE_SLURM": str(self.slurm),
            "HOME": str(root),
            "SSH_CONNECTION": "203.0.113.9 50000 203.0.113.1 22",
        }

    def describe(self, **nodes: dict[str, str]) -> None:
        (self.slurm / "nodes.json").write_text(json.dumps(nodes))

    def run(self, script: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        file = self.root / "script.sh"
        file.write_text(script)
        return subprocess.run(
            ["bash", str(file), *words],
            cwd=self.root,
            env={**self.env, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def jobs(self) -> list[dict[str, Any]]:
        file = self.slurm / "jobs.json"
        return list(json.loads(file.read_text()).values()) if file.exists() else []

    @property
    def sent(self) -> list[list[str]]:
        return [list(job["sent"].values()) for job in self.jobs if job["sent"]]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    make_environment(tmp_path / "home", "demo")
    return load(Context(RealHost(), Home(tmp_path / "home")), "demo")


def test_every_node_is_asked_once_and_all_are_in_one_file(tmp_path: Path) -> None:
    card = {"driver": "550.54.15", "cuda": "12.4", "arch": "8.0"}
    programs = fake_card(tmp_path / "a100", "NVIDIA A100-SXM4-40GB", **card)
    cluster = Cluster(
        tmp_path,
        n1={},
        n2={"state": "mixed"},
        g1={"gres": "gpu:a100:4(S:0-1)", "programs": str(programs)},
        n3={"state": "drained*"},
    )
    done = cluster.run(probe_script(WORDS), CUDA_VISIBLE_DEVICES="0")
    assert (done.returncode, done.stderr.count("rror")) == (0, 0), done
    assert "down or drained, not asked: n3" in done.stdout
    assert "nodes that are asked: 3" in done.stdout
    assert cluster.sent == [["g1"], ["n1", "n2"]]
    arrays = [job["options"] for job in cluster.jobs]
    assert ["--gres=gpu:1" in one for one in arrays] == [True, False, False]
    assert "--array=1-2" in arrays[1]
    assert "--dependency=afterany:100:101" in arrays[2]
    found = read_hosts(str(tmp_path / "torchup-probe.jsonl"))
    hosts = {one.name: one.machine for one in found if one.machine is not None}
    assert sorted(hosts) == ["g1", "n1", "n2"]
    gpus = hosts["g1"].gpus
    assert gpus is not None
    assert (gpus[0].name, gpus[0].arch) == ("NVIDIA A100-SXM4-40GB", "sm_80")
    # What the job was given is no property of the node.
    assert not [one for one in hosts["g1"].problems if "visible" in one.code]
    folder = {one.name for one in read_hosts(str(tmp_path / "torchup-probe"))}
    assert folder == set(hosts)


def test_again_asks_only_those_that_are_missing(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, n1={}, n2={"dies": "yes"})
    first = cluster.run(probe_script(WORDS))
    assert first.returncode == 0
    assert "not answered yet: n2" in first.stderr
    cluster.describe(n1={}, n2={})
    assert cluster.run(probe_script(WORDS)).returncode == 0
    assert cluster.sent == [["n1", "n2"], ["n2"]]
    before = len(cluster.jobs)
    third = cluster.run(probe_script(WORDS))
    assert (third.returncode, len(cluster.jobs)) == (0, before)
    assert "nodes gathered: 2" in third.stdout
    file = tmp_path / "torchup-probe.jsonl"
    assert f"torchup fleet plan --machines {file}" in third.stdout
    assert len(file.read_text().splitlines()) == 2


def test_many_nodes_are_several_arrays(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, **{f"n{number}": {"dies": "yes"} for number in range(5)})
    done = cluster.run(probe_script(WORDS), FAKE_MOST="3")
    assert done.returncode == 0, done
    assert [len(one) for one in cluster.sent] == [2, 2, 1]


def test_a_node_that_slurm_refuses_leaves_no_held_job(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, n1={}, n2={})
    done = cluster.run(probe_script(WORDS), FAKE_REFUSES="n2")
    assert done.returncode == 1
    assert (cluster.slurm / "cancelled").read_text() == "100"
    assert not (tmp_path / "torchup-probe.jsonl").exists()


def test_nothing_to_gather_is_said(tmp_path: Path) -> None:
    done = Cluster(tmp_path).run(probe_script(WORDS), "--gather", "odd folder")
    assert (done.returncode, "no node has answered yet" in done.stdout) == (1, True)


def test_a_partition_and_the_cards_of_the_user(tmp_path: Path, environment: Environment) -> None:
    cluster = Cluster(tmp_path, g1={"gres": "gpu:8"})
    script = probe_script(WORDS, "-p 'gpu' --exclusive --comment='a b'", environment)
    assert '#SBATCH -p gpu\n#SBATCH --exclusive\n#SBATCH --comment="a b"\n' in script
    assert "partition=gpu\n" in script
    done = cluster.run(script)
    assert done.returncode == 0, done
    assert not any(one.startswith("--gres") for one in cluster.jobs[0]["options"])
    again = cluster.run(script, "--gather")
    assert "torchup fleet plan torch==2.13.0 --build cpu --python" in again.stdout


def together(
    cluster: Cluster,
    environment: Environment,
    port: int,
    *,
    torch: bool = True,
    hangs: str = "never",
) -> tuple[subprocess.CompletedProcess[str], AnswersV1]:
    """Run the job on two nodes; torch itself is played."""
    said = {"backend": "gloo", "world": 2, "right": True, "gb_s": 1.5, "pairs": [[0, 1, 1.5]]}
    python = cluster.root / "python"
    told = shlex.quote(json.dumps(said)) if torch else "started"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in\n  *torch.distributed.run*)\n'
        f'    echo "$MASTER_ADDR $MASTER_PORT $GLOO_SOCKET_IFNAME $*" >>{cluster.root}/started\n'
        f'    case "$*" in *--node-rank={hangs}*) exec sleep 30 ;; esac\n'
        f'    case "$*" in *--node-rank=0*) echo noise; echo {told} ;; esac ;;\n'
        f'  *) exec {sys.executable} "$@" ;;\nesac\n'
    )
    python.chmod(0o755)
    done = cluster.run(
        together_script(WORDS, environment),
        TORCHUP_PYTHON=str(python),
        TORCHUP="/nowhere",
        TORCHUP_WAIT="3",
        TORCHUP_TIME_LIMIT="1",
        MASTER_PORT=str(port),
        SLURM_JOB_NODELIST="a,b",
        SLURM_JOB_ID="7",
    )
    file = cluster.root / "torchup-together-7.json"
    return done, read.answers(file.read_bytes(), str(file))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nodes_meet_and_torch_is_started_on_each(tmp_path: Path, environment: Environment) -> None:
    cluster = Cluster(tmp_path, a={"address": "127.0.0.1"}, b={"address": "127.0.0.2"})
    port = free_port()
    done, answers = together(cluster, environment, port)
    assert done.returncode == 0, done
    assert answers.hosts == ("a", "b")
    assert answers.where["b"].address == "127.0.0.2"
    assert not answers.meet["a"].peers["b"].why
    assert answers.result is not None
    assert (answers.result.right, answers.result.pairs) == (True, ((0, 1, 1.5),))
    started = (tmp_path / "started").read_text().splitlines()
    assert len(started) == 2
    assert all(line.startswith(f"a {port} ") and "--nnodes=2" in line for line in started)
    assert {line.split("--node-rank=")[1][0] for line in started} == {"0", "1"}
    assert "fleet verify demo --together --answers torchup-together-7.json" in done.stdout
    assert not list(tmp_path.glob(".torchup-together*"))


def test_a_way_that_is_closed_keeps_torch_from_being_started(
    tmp_path: Path,
    environment: Environment,
) -> None:
    cluster = Cluster(tmp_path, a={"address": "127.0.0.1"}, b={"address": "127.0.0.2"})
    with socket.socket() as taken:
        taken.bind(("127.0.0.2", 0))
        taken.listen()
        done, answers = together(cluster, environment, taken.getsockname()[1])
    assert done.returncode == 1
    assert not (tmp_path / "started").exists()
    assert answers.result is None
    assert answers.meet["b"].listens


def test_torch_that_says_nothing_is_no_success(tmp_path: Path, environment: Environment) -> None:
    cluster = Cluster(tmp_path, a={"address": "127.0.0.1"}, b={"address": "127.0.0.2"})
    done, answers = together(cluster, environment, free_port(), torch=False)
    assert (done.returncode, answers.result) == (1, None)


def test_torch_that_hangs_is_ended_and_its_node_is_named(
    tmp_path: Path, environment: Environment
) -> None:
    cluster = Cluster(tmp_path, a={"address": "127.0.0.1"}, b={"address": "127.0.0.2"})
    done, answers = together(cluster, environment, free_port(), torch=False, hangs="1")
    assert (done.returncode, answers.result, answers.late) == (1, None, {"b": 1.0})
    where, meet = msgspec.to_builtins(answers.where), msgspec.to_builtins(answers.meet)
    told = told_together(answers.hosts, where, meet, {}, answers.late)
    assert {host: (why.code, why.args) for host, why in told.lost.items()} == {
        "b": ("fleet.together-late", {"seconds": "1"})
    }


def test_a_longer_limit_asks_slurm_for_more_time(environment: Environment) -> None:
    usual = together_script(WORDS, environment)
    assert "#SBATCH --time=10\n" in usual
    assert "longest=${TORCHUP_TIME_LIMIT:-180}" in usual
    longer = together_script(WORDS, environment, limit_s=3600)
    assert "#SBATCH --time=65\n" in longer
    assert "longest=${TORCHUP_TIME_LIMIT:-3600}" in longer


def test_nodes_that_gave_no_answer_are_named() -> None:
    met = {"a": {"listens": "", "peers": {}}}
    found = told_together(("a", "b"), {"a": {"resolved": ["10.0.0.1"]}}, met, {})
    assert not found.good
    assert list(found.lost) == ["b"]
    whole: dict[str, Any] = {"a": {"peers": {"b": {}}}, "b": {"peers": {"a": {}}}}
    seen = {name: {"resolved": ["10.0.0.1"]} for name in "ab"}
    ended = told_together(("a", "b"), seen, whole, {})
    assert ended.lost["a"].code == "fleet.together-no-end"


def test_outside_a_job_it_says_so(tmp_path: Path, environment: Environment) -> None:
    done = Cluster(tmp_path).run(together_script(WORDS, environment))
    assert (done.returncode, done.stderr) == (2, "This is a job: sbatch starts it.\n")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_shellcheck_has_nothing_to_say(
    language: str,
    tmp_path: Path,
    environment: Environment,
) -> None:
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert program is not None
    words = load_words(language)
    for name, text in (
        ("probe.sh", probe_script(words, "-p gpu", environment)),
        ("together.sh", together_script(words, environment, "--nodes=4")),
    ):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run([program, file], capture_output=True, check=False, env=env, text=True)
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--array=1-3", "slurm.own"),
        ("-a 1-3", "slurm.own"),
        ("--hold", "slurm.own"),
        ("-a1-4", "slurm.own"),
        ("--arra=1-4", "slurm.own"),
        ("-QH", "slurm.own"),
        ("-vWQ", "slurm.own"),
        ("-Qn4", "slurm.own"),
        ("--ntasks=4", "slurm.own"),
        ("--", "slurm.options"),
        ("-", "slurm.options"),
        ("gpu", "slurm.options"),
        ("--mem=2G more", "slurm.options"),
        ("-p gpu cpu", "slurm.options"),
        ("--comment='a", "slurm.options"),
        ("--comment='a\nb'", "slurm.options"),
    ],
)
def test_options_that_make_no_sense(options: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        directives(options, OF_BOTH)
    assert caught.value.code == code


@pytest.mark.parametrize("options", ["--nodes=4", "-N 4", "-N4", "--nod=4", "-w n1", "-Jmine"])
def test_each_task_of_the_array_is_sent_to_a_node_of_its_own(options: str) -> None:
    with pytest.raises(UsageError) as caught:
        probe_script(WORDS, options)
    assert caught.value.code == "slurm.own"
    assert directives(options, OF_BOTH), "computing together takes them"


def test_short_options_are_read_as_slurm_reads_them() -> None:
    text = probe_script(WORDS, "-pgpu -A lab -G2 --comment='a b' '-Cfast nodes'")
    assert '#SBATCH -pgpu\n#SBATCH -A lab\n#SBATCH -G2\n#SBATCH --comment="a b"\n' in text
    assert '#SBATCH "-Cfast nodes"\n' in text
    assert "partition=gpu\n" in text
    assert "--gres=gpu:1" not in text, "the user has said how many cards"
    assert "partition=gpu\n" in probe_script(WORDS, "--part=gpu")


@given(st.text(max_size=60))
def test_options_never_leave_their_line(options: str) -> None:
    try:
        found = [one.line for one in directives(options, OF_PROBE)]
    except UsageError:
        return
    assert all(one.strip('"').startswith("-") for one in found)
    assert not any("\n" in one or "\r" in one for one in found)


def test_a_node_whose_processor_has_no_releases_is_one_of_many(tmp_path: Path) -> None:
    lines = []
    for name, arch in (("n1", "x86_64"), ("power", "ppc64le"), ("n2", "aarch64")):
        said = f"@torchup@ begin 1\n@torchup@ system Linux {arch}\n@torchup@ end\n"
        text = base64.b64encode(said.encode()).decode()
        lines.append(json.dumps({"schema": "torchup.collected/v1", "host": name, "text": text}))
    file = tmp_path / "n.jsonl"
    file.write_text("\n".join(lines))
    found = {one.name: one for one in read_hosts(str(file))}
    assert [name for name, one in found.items() if one.machine is None] == ["power"]
    why = found["power"].why
    assert why is not None
    assert (why.code, why.args) == ("probe.unsupported-arch", {"arch": "ppc64le"})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"@torchup@ begin 1\n@torchup@ system Linux x86_64\n", "fleet.collected-cut"),
        (
            b"@torchup@ begin 1\n@torchup@ system Darwin arm64\n@torchup@ end\n",
            "fleet.collected-other",
        ),
    ],
)
def test_what_is_not_whole_is_named_by_its_line(said: bytes, code: str, tmp_path: Path) -> None:
    line = {"schema": "torchup.collected/v1", "host": "n1", "text": base64.b64encode(said).decode()}
    file = tmp_path / "n.jsonl"
    file.write_text(json.dumps(line) + "\n")
    with pytest.raises(UsageError) as caught:
        read_hosts(str(file))
    assert (caught.value.code, caught.value.details["where"]) == (code, f"{file}:1")
