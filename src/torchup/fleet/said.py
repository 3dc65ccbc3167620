"""Reading the documents that torchup prints on hosts."""

from __future__ import annotations

from typing import Any

from torchup.errors import EXIT_DONE
from torchup.model import Text
from torchup.model.fleet import Seen


def changed(document: dict[str, Any]) -> bool:
    """Tell whether a command changed something, or would."""
    if document.get("schema") == "torchup.plan/v1":  # what --dry-run prints
        return True
    return any(one.get("status") == "done" for one in _steps(document))


def complaint(document: dict[str, Any], code: int | None) -> Text | None:
    """What is wrong, as the host words it; None where all is well."""
    if code == EXIT_DONE:
        return None
    if document.get("message"):
        return _told(document["message"])
    failed = [one for one in _steps(document) if one.get("status") == "failed"]
    if failed:
        return _told(f"{failed[0].get('id', '?')}: {failed[0].get('detail', '')}")
    checks = (document.get("verify") or document).get("checks") or ()
    wrong = [one for one in checks if isinstance(one, dict) and one.get("status") == "fail"]
    if wrong:
        return _told(f"{wrong[0].get('code', '?')}: {wrong[0].get('detail', '')}")
    reasons = [one for one in document.get("reasons") or () if one.get("effect") == "reject"]
    if reasons:
        return _told(reasons[0].get("text", "?"))
    errors = [one for one in document.get("findings") or () if one.get("severity") == "error"]
    if errors:
        return _told(errors[0].get("title", "?"))
    details = [one.get("detail") for one in _steps(document) if one.get("detail")]
    return _told(details[0] if details else f"status {code}")


def environment_of(document: dict[str, Any]) -> Seen | None:
    """What an environment is, out of an outcome, or of what ``show`` prints; None for neither."""
    found = document.get("environment") if "steps" in document else document
    if not isinstance(found, dict) or not isinstance(found.get("packages"), dict):
        return None
    return Seen(
        packages={str(name): str(version) for name, version in found["packages"].items()},
        build=str(found.get("build") or ""),
        python=str(found.get("python") or ""),
        path=str(found.get("path") or ""),
        state=str(found.get("state") or ""),
        why=str(found.get("why") or ""),
        verified=str(found.get("verified") or ""),
    )


def _steps(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in document.get("steps") or () if isinstance(one, dict)]


def _told(text: object) -> Text:
    return Text(code="fleet.told", args={"text": str(text)})
