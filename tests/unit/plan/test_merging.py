"""Requirements of one package, written once."""

from __future__ import annotations

import pytest

from torchup.plan.merging import merged


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("numpy<2", "rich", "NumPy<2"), ("numpy<2", "rich")),
        (("numpy", "numpy<2"), ("numpy<2",)),
        (("numpy>=1.19", "numpy<2", "numpy<2,<1.24"), ("numpy>=1.19,<1.24",)),
        (("numpy>=1.19", "numpy>=1.20"), ("numpy>=1.20",)),
        (("numpy==1.26.4", "numpy<2"), ("numpy==1.26.4",)),
        (("numpy==1.26.*", "numpy<2"), ("numpy==1.26.*,<2",)),
        (("numpy==1.26.4", "numpy!=1.26.4"), ("numpy==1.26.4,!=1.26.4",)),
        (("numpy<=2", "numpy<2"), ("numpy<=2,<2",)),
        (("numpy<2.0rc1", "numpy<2"), ("numpy<2.0rc1,<2",)),
        (("rich[a]>1", "rich>1", "rich>1"), ("rich[a]>1", "rich>1")),
        (('six; python_version < "3"', "six"), ('six; python_version < "3"', "six")),
        (("a @ https://host.test/a.whl", "a"), ("a @ https://host.test/a.whl", "a")),
        (("ruamel.yaml>1", "ruamel_yaml<2"), ("ruamel-yaml>1,<2",)),
    ],
)
def test_merged(lines: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert merged(lines) == expected
