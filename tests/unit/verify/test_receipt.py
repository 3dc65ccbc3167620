from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from torchup.errors import OutsideError
from torchup.model import Check, VerifyReport
from torchup.verify import read_receipt, write_receipt

if TYPE_CHECKING:
    from pathlib import Path

REPORT = VerifyReport(
    ok=True,
    device="cpu",
    packages={"torch": "2.13.0+cpu"},
    checks=(Check(code="import", status="pass", detail="path=/环境/torch", took_s=1.5),),
    python="3.11.7",
    at="2026-01-01T00:00:00+00:00",
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "env" / ".torchup" / "receipt.json"
    write_receipt(path, REPORT)
    assert read_receipt(path) == REPORT
    assert [inner.name for inner in path.parent.iterdir()] == ["receipt.json"]


def test_the_document_has_the_published_form(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    write_receipt(path, REPORT)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["schema"] == "torchup.verify/v1"
    assert found["ok"] is True
    assert found["at"] == REPORT.at
    assert found["checks"] == [
        {"code": "import", "status": "pass", "detail": "path=/环境/torch", "took_s": 1.5}
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"schema": "torchup.verify/v1"}',
        b'{"schema":"torchup.verify/v2","ok":true,"device":"","packages":{},"checks":[],"at":"","python":""}',
    ],
)
def test_a_receipt_that_cannot_be_read_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(data)
    assert read_receipt(path) is None


def test_no_receipt_is_none(tmp_path: Path) -> None:
    assert read_receipt(tmp_path / "receipt.json") is None


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("")
    with pytest.raises(OutsideError) as caught:
        write_receipt(tmp_path / "env" / "receipt.json", REPORT)
    assert caught.value.code == "verify.receipt-unwritable"
