"""Many hosts through Ansible: how torchup reaches them, and what it keeps of each.

No choice is made here: hosts are asked, and the same use cases answer as on one machine.
"""
