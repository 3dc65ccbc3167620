#!/usr/bin/python
"""The module ``torchup.torchup.verify``."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: verify
short_description: Compute inside an environment, for real
description:
  - Runs every check of C(torchup verify) and fails where one fails.
  - Changes nothing but the receipt that torchup keeps.
version_added: 0.1.0
author: The torchup authors (@torchup)
options:
  name:
    description: The environment.
    type: str
    required: true
  quick:
    description: Leave out what takes long.
    type: bool
    default: false
  executable:
    description: The program, by name or path.
    type: str
    default: torchup
attributes:
  check_mode:
    description: It verifies in any mode.
    support: full
"""

EXAMPLES = r"""
- name: Compute
  torchup.torchup.verify:
    name: demo
"""

RETURN = r"""
report:
  description: The document C(torchup.verify/v1), with each check.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule  # noqa: E402 - documentation comes first
from ansible_collections.torchup.torchup.plugins.module_utils.command import (  # noqa: E402
    ask,
    told,
)


def main():
    """Verify."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "quick": {"type": "bool", "default": False},
            "executable": {"type": "str", "default": "torchup"},
        },
        supports_check_mode=True,
    )
    words = ["verify", module.params["name"]]
    code, document = ask(module, words + (["--quick"] if module.params["quick"] else []))
    if code != 0:
        module.fail_json(msg=told(document), report=document)
    module.exit_json(changed=False, report=document)


if __name__ == "__main__":
    main()
