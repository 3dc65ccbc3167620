"""Readers of other programs' settings, files and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fuzzing.targets import Target, of_text, text_of
from torchup.integrate.condarc import Condarc, FaultError
from torchup.integrate.ides import jsonc, pycharm
from torchup.integrate.ides.jsonc import MalformedError as BrokenJsonError
from torchup.integrate.ides.xmlfile import MalformedError as BrokenXmlError
from torchup.integrate.jupyter import spec
from torchup.integrate.pip_conf import NotPlainError, PipConf
from torchup.integrate.uv_toml import UvToml
from torchup.readers import READERS, detect
from torchup.sources.conda_config import conda_settings
from torchup.sources.metadata import metadata_of
from torchup.sources.page import wheels_of
from torchup.sources.pip_config import pip_configuration
from torchup.sources.projects import read_projects
from torchup.sources.requirements_file import read_requirements
from torchup.sources.simple_html import parse_html
from torchup.sources.simple_json import parse_json
from torchup.sources.uv_config import uv_configuration
from torchup.sources.wheelname import parse_wheel_name
from unit.projects.test_never_raise import GOOD, ODD
from unit.projects.test_never_raise import READERS as PROJECTS
from unit.readers.test_fuzz import TEXTS
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

PIP: Final = (
    b"# mine\r\n[global]\r\nindex-url = https://a.example/simple\r\n  https://b.example\r\n"
    b"[install]\nextra-index-url=x\nfind-links:\n  /a\n  /b\nno-index = true\n"
)
UV: Final = (
    b'# mine\nindex-url = "https://a.example/simple"\n[[index]]\nname = "a"\nurl = "https://b/s"\n'
    b'default = true\n[pip]\nno-build = true\nfind-links = ["/a"]\n[[index]]\nurl = "c"\n'
)
CONDARC: Final = (
    b"channels:\n  - conda-forge # first\n  - defaults\nchannel_alias: https://lab.example\n"
    b"custom_channels: {a: 'https://b'}\nenvs_dirs:\n- ~/envs\nssl_verify: !!bool true\n"
)
VSCODE: Final = b"""{
  // mine
  "editor.tabSize": 2, /* two */
  "python.defaultInterpreterPath": "/a/b",
}
"""
JDK: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<application>\n  <component name="ProjectJdkTable">\n'
    b'    <jdk version="2">\n      <name value="Py 3.11" />\n      <type value="Python SDK" />\n'
    b'      <homePath value="$USER_HOME$/a/bin/python" />\n    </jdk>\n  </component>\n'
    b"</application>\n"
)
MISC: Final = (
    b'<?xml version="1.0"?>\n<project version="4">\n  <component name="ProjectRootManager" '
    b'version="2" project-jdk-name="Python 3.11" project-jdk-type="Python SDK" />\n</project>\n'
)
KERNEL: Final = (
    b'{"argv": ["/a/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],'
    b' "display_name": "a", "language": "python", "env": {"A": "b"}, "metadata": {"torchup": {}}}'
)
HTML: Final = (
    b'<!DOCTYPE html><html><body><a href="../torch-2.13.0%2Bcpu-cp311-cp311-linux_a.whl#sha256='
    + b"a" * 64
    + b'" data-requires-python="&gt;=3.9" data-yanked="">torch-2.13.0+cpu-cp311-cp311-linux_x86_64'
    b".whl</a><br/></body></html>"
)
JSON: Final = (
    b'{"meta": {"api-version": "1.1"}, "name": "torch", "files": [{"filename": '
    b'"torch-2.13.0-cp311-cp311-win_amd64.whl", "url": "a.whl", "hashes": {"sha256": "aa"}, '
    b'"size": 12, "requires-python": ">=3.9", "yanked": "why", "upload-time": '
    b'"2026-01-02T03:04:05.6Z", "core-metadata": {"sha256": "bb"}}], "versions": ["1"]}'
)
LISTS: Final = (
    b"--index-url https://a.example/simple\ntorch==2.9.0 ; python_version < '3.13'  # why\n"
    b"numpy[x]>=1,<2 --hash=sha256:00\n-e .\ngit+https://a/b.git\n"
)


def _host(path: str, data: bytes, **env: str) -> Host:
    return FileHost(files={path: data}, env={"HOME": "/home/a", **env})


def _jsonc(data: bytes) -> None:
    text = text_of(data)
    jsonc.get(text, "python.defaultInterpreterPath")
    written = jsonc.put(text, "python.defaultInterpreterPath", "/x")
    assert jsonc.get(written, "python.defaultInterpreterPath") == "/x"


def _jdk(data: bytes) -> None:
    wanted = pycharm.Interpreter(
        name="torchup a", python="3.11.7", home="/a/bin/python", virtual=True
    )
    pycharm.registered(data, "/home/a")
    written = pycharm.with_interpreter(data, wanted)
    assert any(one.name == "torchup a" for one in pycharm.registered(written, "/home/a"))


def _misc(data: bytes) -> None:
    pycharm.chosen(data)
    assert pycharm.chosen(pycharm.with_chosen(data, "torchup & a")) == "torchup & a"


def _condarc(data: bytes) -> None:
    found = Condarc(data.decode("utf-8", "replace"))
    assert found.settings is not None
    found.add("channels", "torchup", first=True)
    Condarc(found.text())


def _pip_conf(data: bytes) -> None:
    found = PipConf(data)
    found.set("global", "index-url", "https://x")
    again = PipConf(found.data())
    assert again.get("global", "index-url") == "https://x"


def _uv_toml(data: bytes) -> None:
    found = UvToml(data)
    found.set_default_index("https://x")
    assert UvToml(found.data()).default_index == "https://x"


def _reading(data: bytes) -> None:
    text = text_of(data)
    kind = detect(text)
    if kind is not None:
        READERS[kind].read(text)


def _metadata(data: bytes) -> None:
    import io

    metadata_of(io.BytesIO(data))


def targets() -> Iterator[tuple[str, Target]]:
    """Name each."""
    texts = tuple(one.encode() for one in TEXTS)
    yield "drivers, systems, pip, conda: by their kind", Target(_reading, texts)
    for kind in READERS:
        reader = READERS[kind]
        mine = tuple(one for one in TEXTS if reader.matches(one)) or TEXTS[:9]
        yield f"reader {kind}", Target(of_text(reader.read), tuple(one.encode() for one in mine))
    good = tuple(one.encode() for one in (*GOOD, *ODD))
    for name, read in PROJECTS.items():
        yield f"project: {name}", Target(of_text(read), good)
    path = "/home/a/.config/pip/pip.conf"
    yield "pip.conf", Target(lambda data: pip_configuration(_host(path, data)), (PIP,))
    yield "pip.conf, changed", Target(_pip_conf, (PIP,), (NotPlainError,))
    toml = "/home/a/.config/uv/uv.toml"
    yield "uv.toml", Target(lambda data: uv_configuration(_host(toml, data)), (UV,))
    yield "uv.toml, changed", Target(_uv_toml, (UV,), (NotPlainError,), slow=True)
    rc = "/home/a/.condarc"
    yield ".condarc", Target(lambda data: list(conda_settings(_host(rc, data), ())), (CONDARC,))
    yield ".condarc, changed", Target(_condarc, (CONDARC,), (FaultError,), slow=True)
    yield "VS Code's settings", Target(_jsonc, (VSCODE,), (BrokenJsonError,))
    yield "PyCharm's interpreters", Target(_jdk, (JDK,), (BrokenXmlError,))
    yield "PyCharm's project", Target(_misc, (MISC,), (BrokenXmlError,))
    yield "kernel.json", Target(lambda data: spec.read(data, "a", "/a"), (KERNEL,))
    url = "https://a.example/simple/torch/"
    page = Target(lambda data: wheels_of("torch", parse_html(data, url).entries), (HTML,))
    yield "index, HTML", page
    listing = Target(lambda data: wheels_of("torch", parse_json(data, url).entries), (JSON,))
    yield "index, JSON", listing
    yield "index, names", Target(read_projects, (HTML, JSON, b'{"projects": [{"name": "a"}]}'))
    yield "wheel name", Target(of_text(parse_wheel_name), (b"torch-2.13.0-cp311-cp311-any.whl",))
    yield "wheel metadata", Target(_metadata, (_WHEEL,))
    place = "/srv/all.txt"
    listed = Target(lambda data: read_requirements(_host(place, data), [place]), (LISTS,))
    yield "requirements", listed


def _wheel() -> bytes:
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n")
    return made.getvalue()


_WHEEL: Final = _wheel()
