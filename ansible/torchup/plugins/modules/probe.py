#!/usr/bin/python
"""The module ``torchup.torchup.probe``."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: probe
short_description: What a host is, as PyTorch sees it
description:
  - Looks at cards, drivers, interpreters and disks, and returns the document C(torchup.machine/v1).
  - Changes nothing.
version_added: 0.1.0
author: The torchup authors (@torchup)
options:
  executable:
    description: The program, by name or path.
    type: str
    default: torchup
attributes:
  check_mode:
    description: It changes nothing in any mode.
    support: full
"""

EXAMPLES = r"""
- name: Look
  torchup.torchup.probe:
  register: machine

- name: Say which cards there are
  ansible.builtin.debug:
    msg: "{{ machine.machine.gpus | map(attribute='name') | list }}"
"""

RETURN = r"""
machine:
  description: The machine document.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule  # noqa: E402 - documentation comes first
from ansible_collections.torchup.torchup.plugins.module_utils.command import (  # noqa: E402
    ask,
    told,
)


def main():
    """Look, and return the document."""
    module = AnsibleModule(
        argument_spec={"executable": {"type": "str", "default": "torchup"}},
        supports_check_mode=True,
    )
    code, document = ask(module, ["probe", "--hardware"])
    if code != 0:
        module.fail_json(msg=told(document), document=document)
    module.exit_json(changed=False, machine=document)


if __name__ == "__main__":
    main()
