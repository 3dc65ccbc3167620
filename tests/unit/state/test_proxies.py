"""Windows' own proxy, as ``reg query`` prints it."""

from __future__ import annotations

import pytest

from torchup.backends.uv_process import variables
from torchup.host import Completed
from torchup.state.home import Home
from torchup.state.proxies import proxies_for_programs, read_proxies
from unit.sources.fakehost import FileHost

TEXT = """
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings
    User Agent    REG_SZ    Mozilla/4.0
    ProxyEnable    REG_DWORD    0x1
    ProxyServer    REG_SZ    {server}
    ProxyOverride    REG_SZ    10.*;192.168.1.*;*.corp.example;intranet;<local>
    AutoConfigURL    REG_SZ    http://wpad/wpad.dat

"""


class Registered(FileHost):
    """A machine whose registry says this."""

    said = TEXT.format(server="proxy.example:3128")

    def run(self, argv: object, **_: object) -> Completed:
        assert argv[:2] == ("reg", "query")  # type: ignore[index]  # a tuple
        return Completed(code=0, out=self.said)


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ("proxy:3128", {"HTTP_PROXY": "http://proxy:3128", "HTTPS_PROXY": "http://proxy:3128"}),
        ("http=a:1;https=b:2;socks=c:3", {"HTTP_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:2"}),
        ("socks=c:3", {}),
        (
            "http://ada:x@p:80",
            {"HTTP_PROXY": "http://ada:x@p:80", "HTTPS_PROXY": "http://ada:x@p:80"},
        ),
    ],
)
def test_servers(server: str, found: dict[str, str]) -> None:
    said = read_proxies(TEXT.format(server=server))
    assert {name: value for name, value in said.items() if name != "NO_PROXY"} == found


def test_what_goes_past_it() -> None:
    said = read_proxies(TEXT.format(server="p:1"))["NO_PROXY"]
    assert said == "10.0.0.0/8,192.168.1.0/24,.corp.example,intranet,localhost,127.0.0.1,::1"


@pytest.mark.parametrize(
    "text", ["", "ProxyEnable", TEXT.replace("0x1", "0x0"), TEXT.replace("0x1", "x")]
)
def test_a_proxy_that_is_off_or_unreadable_is_none(text: str) -> None:
    assert read_proxies(text) == {}


def test_only_windows_is_asked_and_only_where_no_variable_says_otherwise() -> None:
    assert proxies_for_programs(Registered(system="windows"))["HTTPS_PROXY"]
    assert proxies_for_programs(FileHost(system="linux")) == {}
    assert proxies_for_programs(Registered(system="windows", env={"https_proxy": "x"})) == {}


def test_uv_is_told() -> None:
    told = variables(Registered(system="windows"), Home("C:\\torchup"))
    assert told["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert "HTTPS_PROXY" not in variables(FileHost(), Home("/torchup"))
