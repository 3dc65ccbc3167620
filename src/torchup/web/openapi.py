"""The description of what programs may ask, made from the types that answer."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from msgspec.json import schema_components

from torchup import __version__
from torchup.api.machines.described import ARCHS, SYSTEMS
from torchup.facts.frameworks import FRAMEWORKS
from torchup.wire import v1
from torchup.wire.bench import BenchV1, MeasurementsV1
from torchup.wire.changes import ChangesV1
from torchup.wire.diagnosis import DiagnosisV1
from torchup.wire.mirrors import MirrorPreviewV1, MirrorsV1
from torchup.wire.software import ProbedV1
from torchup.wire.web import (
    CommandsV1,
    JobsV1,
    JobV1,
    LogV1,
    MirrorOrderV1,
    OrderV1,
    PreviewV1,
)

_WISH: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("framework", {"enum": list(FRAMEWORKS)}, "the framework; the first one where none is named"),
    ("release", {"pattern": r"^\d{1,2}\.\d{1,3}(\.\d{1,3})?$"}, "a release or a line of them"),
    ("build", {"pattern": r"^[a-z]{2,8}[0-9.]{0,8}$"}, "a build, such as cu126"),
    ("python", {"pattern": r"^3\.\d{1,2}t?$"}, "a Python, such as 3.12"),
    ("as_of", {"format": "date"}, "what there was on a day"),
    ("gpu", {"minLength": 1, "maxLength": 100}, "another machine's card, by its name"),
    ("driver", {"pattern": r"^[0-9A-Za-z.\- ]{1,40}$"}, "another machine's driver"),
    ("os", {"enum": list(SYSTEMS)}, "another machine's system"),
    ("arch", {"enum": list(ARCHS)}, "another machine's processor"),
)
_ENVIRONMENT: Final[dict[str, Any]] = {
    "name": "name",
    "in": "query",
    "description": "one environment; the whole machine where none is named",
    "schema": {"type": "string", "maxLength": 64},
}
_FORMS: Final = {"type": "string"}


@cache
def describe_api() -> dict[str, Any]:
    """Return the OpenAPI document, version 3.1."""
    kinds = (
        ProbedV1, v1.PlanV1, CommandsV1, v1.EnvironmentsV1, v1.ShownEnvironmentV1, DiagnosisV1,
        LogV1, JobsV1, JobV1, OrderV1, v1.ErrorV1, v1.VerifyV1, MeasurementsV1, BenchV1, MirrorsV1,
        MirrorOrderV1, MirrorPreviewV1,
        PreviewV1, ChangesV1,
    )  # fmt: skip
    _, schemas = schema_components(kinds, ref_template="#/components/schemas/{name}")
    job, name = _in_path("job"), _in_path("name")
    ordered = {"Start": {"operationId": "job", "parameters": {"job": "$response.body#/id"}}}
    paths = {
        "/api/machine": {"get": _operation("This machine", ProbedV1)},
        "/api/plan": {"get": _operation("What fits, and why", v1.PlanV1, _wish())},
        "/api/commands": {"get": _operation("What fits, as commands", CommandsV1, _wish())},
        "/api/environments": {"get": _operation("The environments", v1.EnvironmentsV1)},
        "/api/environments/{name}": {
            "get": _operation("One environment", v1.ShownEnvironmentV1, [name])
        },
        "/api/explain": {"post": _operation("The cause of an error", DiagnosisV1, body=LogV1)},
        "/api/doctor": {"get": _operation("What is wrong", DiagnosisV1, [_ENVIRONMENT])},
        "/api/changes": {"get": _operation("What can be undone", ChangesV1)},
        "/api/preview": {
            "post": _operation("What a job would do; nothing is done", PreviewV1, body=OrderV1)
        },
        **_speed(name),
        "/api/jobs": {
            "get": _operation("All jobs", JobsV1),
            "post": _operation("Start a job", JobV1, body=OrderV1, status="202", links=ordered),
        },
        "/api/jobs/{job}": {
            "get": _operation("One job", JobV1, [job], name="job"),
            "delete": _operation("Stop a job", JobV1, [job]),
        },
        "/api/jobs/{job}/events": {"get": _events(job)},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "torchup web", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _speed(name: dict[str, Any]) -> dict[str, Any]:
    """What was measured, and the places that files come from."""
    called = {**name, "name": "id"}
    two = [
        {"name": one, "in": "query", "required": True, "schema": {"type": "string"}}
        for one in ("before", "after")
    ]
    preview = _operation("What an order would write", MirrorPreviewV1, body=MirrorOrderV1)
    race = _operation("Race, choose or forget mirrors", JobV1, body=MirrorOrderV1, status="202")
    return {
        "/api/measurements": {"get": _operation("What was measured", MeasurementsV1)},
        "/api/measurements/{id}": {"get": _operation("One measurement", v1.VerifyV1, [called])},
        "/api/bench": {"get": _operation("Two measurements, compared", BenchV1, two)},
        "/api/mirrors": {"get": _operation("Where files come from", MirrorsV1), "post": race},
        "/api/mirrors/preview": {"post": preview},
    }


def _operation(
    summary: str,
    kind: type,
    parameters: list[dict[str, Any]] | None = None,
    *,
    body: type | None = None,
    status: str = "200",
    name: str | None = None,
    links: dict[str, Any] | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {"summary": summary, "responses": _responses(status, kind, links)}
    if name:
        found["operationId"] = name
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"required": True, "content": _json(body)}
    return found


def _responses(status: str, kind: type, links: dict[str, Any] | None) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "the document", "content": _json(kind)}
    if links:
        good["links"] = links
    said = {
        "400": "it can't be read, or means nothing",
        "401": "no cookie, or a wrong one",
        "403": "asked from another site",
        "404": "there is none",
        "409": "something else stands in the way",
    }
    errors = {
        code: {"description": why, "content": _json(v1.ErrorV1)} for code, why in said.items()
    }
    return {status: good, **errors}


def _json(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _events(job: dict[str, Any]) -> dict[str, Any]:
    found = _operation("A job as it goes on: told, progress, end", JobV1, [job])
    found["responses"]["200"]["content"] = {"text/event-stream": {"schema": _FORMS}}
    return found


def _wish() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": said, "schema": {"type": "string", **shape}}
        for name, shape, said in _WISH
    ]


def _in_path(name: str) -> dict[str, Any]:
    shape = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": shape}
