"""The description is true: what programs may ask never meets a server error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import json
from schemathesis.core.result import Ok

from torchup.web import jobs as module
from torchup.web.openapi import describe_api
from webclient import OWN

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_every_reference_leads_somewhere() -> None:
    text = json.encode(describe_api()).decode()
    for name in (part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]):
        assert name in describe_api()["components"]["schemas"]


def test_every_route_is_described(client: TestClient) -> None:
    from torchup.web.documents import ROUTES

    described = {
        (path, method.upper())
        for path, methods in describe_api()["paths"].items()
        for method in methods
    }
    known = {(path, method) for path, method, _ in ROUTES if path != "/api/openapi.json"}
    assert described == known
    assert client.get("/api/openapi.json").json()["openapi"].startswith("3.1")


def cases() -> Any:  # noqa: ANN401 - schemathesis makes the strategy
    schema = schemathesis.openapi.from_dict(describe_api())
    found = list(schema.get_all_operations())
    good = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(good) == len(found), "schemathesis reads every operation"
    return st.one_of(*(one.as_strategy() for one in good))


@settings(
    max_examples=90,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(case=cases())
def test_no_request_meets_a_server_error(case: Any, client: TestClient) -> None:  # noqa: ANN401
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "command_of", lambda *_: ["/nonexistent/torchup"])
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8765")
        answer = client.request(
            sent["method"],
            sent["url"],
            params=sent.get("params"),
            headers={**dict(sent.get("headers") or {}), **OWN},
            json=sent.get("json"),
        )
    assert answer.status_code < 500, answer.text
    assert str(answer.status_code) in case.operation.definition.raw["responses"], answer.text
