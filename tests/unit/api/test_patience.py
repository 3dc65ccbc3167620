"""How long pip and uv wait inside environments."""

from __future__ import annotations

from torchup.api.fetching.patience import patient_variables
from unit.sources.fakehost import FileHost

HOME = {"HOME": "/home/ada"}


def test_they_wait_longer_than_they_would() -> None:
    told = patient_variables(FileHost(env=HOME))
    assert told == {"UV_HTTP_TIMEOUT": "300", "PIP_DEFAULT_TIMEOUT": "120"}


def test_what_the_user_set_counts() -> None:
    told = patient_variables(FileHost(env={**HOME, "PIP_TIMEOUT": "5", "UV_HTTP_TIMEOUT": "9"}))
    assert told == {}
    set_before = {**HOME, "UV_HTTP_TIMEOUT": "300"}
    assert "UV_HTTP_TIMEOUT" not in patient_variables(FileHost(env=set_before))
    ours = patient_variables(FileHost(env=set_before), inside=True)
    assert ours["UV_HTTP_TIMEOUT"] == "300"
    files = {"/home/ada/.config/pip/pip.conf": "[global]\ntimeout = 60\n"}
    assert "PIP_DEFAULT_TIMEOUT" not in patient_variables(FileHost(env=HOME, files=files))
