from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import torchup.web
from madeenvironments import make_environment
from torchup.errors import OutsideError
from torchup.facts.frameworks import DEFAULT, meant
from webclient import OWN

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from torchup.web.here import Here

PAGES = ("/", "/choose", "/environments", "/fix", "/fix/look?wait", "/speed", "/speed/mirrors")
PREVIEW = "/speed/mirrors/use?pick=pypi%3Dtuna"
DRIVER = "RuntimeError: The NVIDIA driver on your system is too old (found version 11040)."


class Ids(HTMLParser):
    """Collects what is named and what is pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed: set[str] = set()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in {"for", "aria-labelledby", "aria-describedby"} and value:
                self.pointed |= set(value.split())


@pytest.mark.parametrize(
    "path",
    [*PAGES, "/speed/mirrors/use?pick=pypi%3Dtuna", "/choose?gpu=RTX+5090&driver=580", "/nowhere"],
)
@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_labels_lead_to_what_is_there(path: str, lang: str, client: TestClient) -> None:
    client.cookies.set("torchup-lang", lang)
    page = client.get(path)
    found = Ids()
    found.feed(page.text)
    assert len(found.ids) == len(set(found.ids))
    assert found.pointed <= set(found.ids)
    assert f'lang="{"zh-CN" if lang == "zh_CN" else "en"}"' in page.text


def test_a_language_is_remembered(client: TestClient) -> None:
    assert "Environments" in client.get("/environments").text
    assert "计算平台" in client.get("/choose?lang=zh_CN").text
    assert 'lang="zh-CN"' in client.get("/fix").text
    assert 'lang="en"' in client.get("/fix?lang=en").text


def test_impossible_choices_say_why(client: TestClient) -> None:
    page = client.get("/choose", params={"gpu": "RTX 3060", "driver": "535"}).text
    assert "CUDA 13.0 builds need driver 580.65.06 or newer; this machine has 535." in page
    assert "torch==" in page
    assert "--index-url" in page


def test_another_machine_is_picked_from_what_is_known(client: TestClient) -> None:
    given = {"gpu": "GH200", "driver": "550", "os": "linux", "arch": "aarch64"}
    page = client.get("/choose", params=given).text
    assert '<option value="aarch64" selected>' in page
    assert '<option value="535">CUDA 12.2</option>' in page
    assert "Grace Hopper" in client.get("/cards").text or "GH200" in client.get("/cards").text
    sent = client.get("/choose", params={**given, "arch": "sparc"})
    assert sent.status_code == 400


def test_what_cannot_be_says_what_comes_nearest(client: TestClient) -> None:
    asked = {"gpu": "RTX 5090", "driver": "580", "release": "2.6"}
    page = client.get("/choose", params=asked).text
    assert "No PyTorch" in page or "nothing" in page.lower()
    assert "Nearest ways out" in page


def test_a_slider_stands_where_it_was_put(client: TestClient) -> None:
    slider = client.get("/choose").text.partition('id="month"')[2].partition(">")[0]
    most = slider.partition('max="')[2].partition('"')[0]
    assert f' value="{most}" ' in slider, "today"
    moved = client.get("/choose", params={"month": "20"}).text.partition('id="month"')[2]
    assert ' value="20" ' in moved.partition(">")[0]


def test_a_slider_leads_back_in_time(client: TestClient) -> None:
    page = client.get("/choose", params={"gpu": "RTX 2080", "driver": "535", "month": "20"}).text
    assert "--as-of 20" in page


def test_a_place_on_the_slider_is_the_same_day_for_every_framework(client: TestClient) -> None:
    usual, other = (
        client.get("/choose", params={"framework": name}).text.partition('id="month"')[2]
        for name in ("", "jax")
    )
    assert usual.partition(">")[0] == other.partition(">")[0]


def test_a_slider_begins_today(client: TestClient) -> None:
    page = client.get("/choose").text
    (slider,) = (line for line in page.splitlines() if 'id="month"' in line)
    most = slider.partition(' max="')[2].partition('"')[0]
    assert int(most) > 24
    assert f' value="{most}"' in slider


@pytest.mark.parametrize(
    "typed",
    [{"gpu": "RTX 9999 Ultra"}, {"driver": "banana"}, {"gpu": "RTX 3060", "driver": "5x5"}],
)
def test_what_can_not_be_read_stays_in_its_field(typed: dict[str, str], client: TestClient) -> None:
    answer = client.get("/choose", params={**typed, "release": "2.13"})
    assert answer.status_code == 400
    for value in typed.values():
        assert f'value="{value}"' in answer.text
    said = answer.text.partition('id="refused">')[2].partition("</p>")[0]
    assert any(value in said for value in typed.values())
    picked = r'value="2\.13" id="release-[0-9]+" checked'
    assert re.search(picked, answer.text), "what was picked stays, too"
    assert 'data-order="create"' not in answer.text, "it would make one for this machine"


def test_what_no_list_offers_is_said_with_the_form(client: TestClient) -> None:
    answer = client.get("/choose", params={"release": "banana"})
    assert answer.status_code == 400
    assert 'name="release"' in answer.text
    assert "banana" in answer.text.partition('id="refused">')[2]


def test_the_answer_is_for_another_machine_only_where_one_was_typed(
    client: TestClient,
) -> None:
    other, here = "For the other machine", "For this machine"
    for asked, heading in (
        ({"gpu": "no such card"}, other),
        ({"gpu": "RTX 3090", "driver": "550.54"}, other),
        ({"release": "banana"}, here),
        ({}, here),
    ):
        text = client.get("/choose", params=asked).text
        title = text.partition('<h2 id="answer">')[2].partition("</h2>")[0]
        assert title == heading, asked


@pytest.mark.parametrize(
    ("path", "to"),
    [("/environments/none", "/environments"), ("/jobs/none", "/environments"), ("/nowhere", "/")],
)
def test_an_error_leads_to_the_page_that_it_is_near(path: str, to: str, client: TestClient) -> None:
    assert f'<a class="button" href="{to}">' in client.get(path).text


def test_evidence_is_marked_in_the_text(client: TestClient) -> None:
    text = f"first line\n{DRIVER}\nlast line"
    page = client.post("/fix", data={"text": text, "here": "1"}, headers=OWN).text
    assert f"<mark>{DRIVER}</mark>" in page
    assert "driver-too-old-for-cuda-runtime" in page
    assert "<mark>first line" not in page


def test_of_a_long_log_the_telling_lines_are_shown(client: TestClient) -> None:
    text = "\n".join([*(f"step {n}" for n in range(500)), DRIVER])
    page = client.post("/fix", data={"text": text}, headers=OWN).text
    marked = page.partition('<ol class="text"')[2]
    assert "step 498" in marked
    assert "step 100<" not in marked


def test_nothing_pasted_is_nothing_found(client: TestClient) -> None:
    assert client.post("/fix", data={"text": "  "}, headers=OWN).status_code == 200


def test_the_first_page_comes_before_anybody_has_looked(here: Here, client: TestClient) -> None:
    seen, here._seen = here._seen, None
    page = client.get("/").text
    assert 'data-load="/?wait"' in page
    here._seen = seen
    assert 'class="chain"' in client.get("/?wait").text


def test_what_a_browser_loads_is_small() -> None:
    static = Path(torchup.web.__file__).parent / "static"
    assert sum(one.stat().st_size for one in static.iterdir()) < 300_000


def test_nothing_is_loaded_from_outside(client: TestClient) -> None:
    static = Path(torchup.web.__file__).parent / "static"
    texts = [one.read_text(encoding="utf-8") for one in static.iterdir()]
    for text in texts:
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text
    for path in PAGES:
        page = client.get(path).text
        assert 'src="http' not in page
        assert 'href="http' not in page


def test_a_mistake_of_our_own_is_worded(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OutsideError("web.port-taken", port=1, why="busy")

    monkeypatch.setattr("torchup.api.environments.known.list_all", fail)
    answer = client.get("/environments")
    assert answer.status_code == 409
    assert "Port 1" in answer.text


def test_styles_and_scripts_are_fetched_once(client: TestClient) -> None:
    page = client.get("/choose").text
    addresses = re.findall(r'"(/static/[^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        assert re.search(r"\?[0-9a-f]{12}$", address), "it changes with the content"
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_one_request_means_nothing_for_the_next(here: Here, client: TestClient) -> None:
    jax = {"jax": "0.8.2", "jaxlib": "0.8.2"}
    make_environment(here.home.root, "j", jax, framework="jax")
    before = client.get("/choose").text
    assert client.get("/environments/j").status_code == 200
    assert client.get("/api/doctor?name=j").status_code == 200
    assert client.get("/choose").text == before
    assert meant() == DEFAULT


def test_another_framework_is_picked(client: TestClient) -> None:
    card = {"gpu": "RTX 3060", "driver": "550", "os": "linux"}
    page = client.get("/choose", params={"framework": "jax", **card, "release": "2.6"}).text
    assert '<option value="jax" selected>JAX</option>' in page
    assert "<legend>JAX</legend>" in page
    assert "jax[cuda12]==" in page, "a release of another framework is no pick"
    assert "torchup create NAME jax" in page
    builds = client.get("/choose", params={"framework": "tensorflow", **card}).text
    assert 'value="cu125"' in builds
    assert 'value="cu126"' not in builds
    plan = client.get("/api/plan", params={"framework": "tensorflow", **card}).json()
    assert "tensorflow" in plan["stack"]["packages"]
    usual = client.get("/api/plan", params=card).json()
    assert "torch" in usual["stack"]["packages"]
    assert client.get("/choose", params={"framework": "mxnet"}).status_code == 400
