"""Runs torchup on the host and reads the document that it prints."""

from __future__ import annotations

import json


def ask(module, words):
    """Return the exit status and the document of ``torchup WORDS --json``.

    Args:
        module: the Ansible module, which has the option ``executable``.
        words: the command line.
    """
    program = module.params["executable"]
    found = module.get_bin_path(program, required=True)
    code, out, err = module.run_command([found, *words, "--json", "--progress", "none"])
    try:
        document = json.loads(out)
    except ValueError:
        module.fail_json(msg="torchup printed no document", rc=code, stdout=out, stderr=err)
    if document.get("schema") == "torchup.error/v1" and document.get("code", "").startswith("cli."):
        module.fail_json(msg=document["message"], hint=document.get("hint", ""), rc=code)
    return code, document


def told(document):
    """Say in a line what a document complains of."""
    if document.get("message"):
        return document["message"]
    for step in document.get("steps") or ():
        if step.get("status") == "failed":
            return "{0}: {1}".format(step.get("id"), step.get("detail"))
    for check in (document.get("verify") or document).get("checks") or ():
        if check.get("status") == "fail":
            return "{0}: {1}".format(check.get("code"), check.get("detail"))
    for reason in document.get("reasons") or ():
        if reason.get("effect") == "reject":
            return reason.get("text") or reason.get("code")
    for step in document.get("steps") or ():
        if step.get("detail"):
            return step["detail"]
    return "torchup says no"
