#!/usr/bin/python
"""The module ``torchup.torchup.environment``."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: environment
short_description: A verified PyTorch environment, or none
description:
  - Makes an environment with the stack that fits the host, whole or not at all, and verifies it.
  - One that is there and satisfies what is asked for is left alone.
  - One that is there and does not is left alone too, and the module fails.
version_added: 0.1.0
author: The torchup authors (@torchup)
options:
  name:
    description: The environment.
    type: str
    required: true
  state:
    description: Whether it is to be there.
    type: str
    choices: [present, absent]
    default: present
  requirements:
    description: Packages, as pip writes them.
    type: list
    elements: str
    default: []
  python:
    description: The Python, such as V(3.12).
    type: str
  build:
    description: The build, such as V(cu126) or V(cpu).
    type: str
  companions:
    description: Whether torchvision and torchaudio come along.
    type: bool
    default: true
  executable:
    description: The program, by name or path.
    type: str
    default: torchup
attributes:
  check_mode:
    description: Says what would be done, by the same choice.
    support: full
  diff_mode:
    description: Shows the packages before and after.
    support: full
"""

EXAMPLES = r"""
- name: Make it
  torchup.torchup.environment:
    name: demo
    requirements: [torch==2.8.0, torchvision]

- name: Delete it
  torchup.torchup.environment:
    name: demo
    state: absent
"""

RETURN = r"""
document:
  description: What torchup printed, C(torchup.outcome/v1), or C(torchup.plan/v1) in check mode.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule  # noqa: E402 - documentation comes first
from ansible_collections.torchup.torchup.plugins.module_utils.command import (  # noqa: E402
    ask,
    told,
)

GONE = ("apply.no-such-environment", "apply.no-such-environment-but")


def packages(module):
    """Return the packages of the environment as it is, None where it is not there."""
    code, document = ask(module, ["show", module.params["name"]])
    if code == 0:
        return document.get("packages") or {}
    if document.get("code") in GONE:
        return None
    return module.fail_json(msg=told(document), document=document)


def lines(found):
    """Write packages for a diff."""
    return "".join("{0} {1}\n".format(*one) for one in sorted((found or {}).items()))


def absent(module):
    """Delete it where it is there."""
    before = packages(module)
    diff = {"before": lines(before), "after": ""}
    if before is None:
        module.exit_json(changed=False, document={}, diff=diff)
    words = ["delete", module.params["name"]]
    code, document = ask(module, words + ["--dry-run" if module.check_mode else "--yes"])
    if code != 0:
        module.fail_json(msg=told(document), document=document)
    module.exit_json(changed=True, document=document, diff=diff)


def present(module):
    """Make it where it is not there."""
    given = module.params
    words = ["create", given["name"]] + given["requirements"]
    for option in ("python", "build"):
        if given[option]:
            words += ["--" + option, given[option]]
    if not given["companions"]:
        words.append("--no-companions")
    before = packages(module)
    code, document = ask(module, words + ["--dry-run" if module.check_mode else "--yes"])
    if code != 0:
        module.fail_json(msg=told(document), document=document)
    planned = document.get("schema") == "torchup.plan/v1"
    after = (document.get("stack") if planned else document.get("environment")) or {}
    changed = planned or any(one.get("status") == "done" for one in document.get("steps") or ())
    diff = {"before": lines(before), "after": lines(after.get("packages"))}
    module.exit_json(changed=changed, document=document, diff=diff)


def main():
    """Bring it to its state."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "requirements": {"type": "list", "elements": "str", "default": []},
            "python": {"type": "str"},
            "build": {"type": "str"},
            "companions": {"type": "bool", "default": True},
            "executable": {"type": "str", "default": "torchup"},
        },
        supports_check_mode=True,
    )
    (absent if module.params["state"] == "absent" else present)(module)


if __name__ == "__main__":
    main()
