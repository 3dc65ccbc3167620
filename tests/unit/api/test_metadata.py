"""What a package's own metadata asks of another one."""

from __future__ import annotations

from torchup.api.stacks.metadata import requires

LINUX = {"sys_platform": "linux", "python_version": "3.12", "python_full_version": "3.12.0"}
METADATA = """\
Metadata-Version: 2.1
Name: ext
Version: 1.0
Requires-Dist: Torch (>=2.0,<3)
Requires-Dist: torch!=2.4.0 ; sys_platform == "linux"
Requires-Dist: torch==1.0 ; sys_platform == "win32"
Requires-Dist: torch==9.9 ; extra == "gpu"
Requires-Dist: torchvision==0.1
Requires-Dist: numpy >1 ; this is not a requirement

Requires-Dist: torch==8.8
"""


def test_only_what_counts_here_is_read() -> None:
    assert set(requires(METADATA.splitlines(), "torch", LINUX).split(",")) == {
        ">=2.0",
        "<3",
        "!=2.4.0",
    }
    windows = LINUX | {"sys_platform": "win32"}
    assert "==1.0" in requires(METADATA.splitlines(), "torch", windows)
    assert requires(METADATA.splitlines(), "filelock", LINUX) == ""
