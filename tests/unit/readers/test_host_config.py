"""Which compilers a toolkit takes, as its header says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.readers.host_config import HostLimits, read

# Written after CUDA 13.0's header: Grace's own clang comes before the usual one there.
NEW = """
#if !__NV_NO_HOST_COMPILER_CHECK
#if defined(__GRCO_CLANG_COMPILER__)
#if (__GRCO_CLANG_COMPILER__ == 1) && ((__clang_major__ < 16) || (__clang_major__ > 20))
#error -- unsupported Grace clang version!
#endif
#endif
#if defined(__GNUC__)
#if __GNUC__ > 15
#error -- unsupported GNU version!
#endif /* __GNUC__ > 15 */
#if (__clang_major__ >= 21) || (__clang_major__ < 3) || (__clang_minor__ < 3)
#error -- unsupported clang version!
#endif
#endif
#if defined(_WIN32)
#if _MSC_VER < 1920 || _MSC_VER >= 1950
#error -- unsupported Microsoft Visual Studio version!
#endif
#endif
#endif
"""
# After CUDA 10.2's: no clang that way, the last Visual Studio by what is beyond it.
OLD = """
#if defined(__GNUC__)
#if __GNUC__ > 8
#error -- unsupported GNU version! gcc versions later than 8 are not supported!
#endif
#if (__clang_major__ > 8) || (__clang_major__ < 3)
#error -- unsupported clang version!
#endif
#endif
#  if _MSC_VER < 1700 || _MSC_VER > 1929
#error -- unsupported Microsoft Visual Studio version!
"""


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (NEW, HostLimits(gcc=15, clang=20, msvc=(1920, 1949))),
        (OLD, HostLimits(gcc=8, clang=8, msvc=(1700, 1929))),
        (NEW.replace("\n", "\r\n"), HostLimits(gcc=15, clang=20, msvc=(1920, 1949))),
        ("#if __GNUC__ >= 4\nnothing is refused here\n", HostLimits()),
        ("", HostLimits()),
        ("<html>Not found</html>", HostLimits()),
    ],
    ids=["13.0", "10.2", "Windows lines", "another header", "empty", "no header"],
)
def test_limits(text: str, limits: HostLimits) -> None:
    assert read(text) == limits


@pytest.mark.fuzz
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read(text + NEW[: len(text) % len(NEW)])
