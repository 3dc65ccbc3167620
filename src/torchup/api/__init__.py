"""Use cases, one function each: what the command line, a web page and a fleet all call.

Each package is one idea and each module one group of use cases, imported by who needs it, so that
a command loads no more than it uses. A machine is seen (:mod:`~torchup.api.machines`), a stack
chosen (:mod:`~torchup.api.stacks`), solved for its files (:mod:`~torchup.api.solve`), made into an
environment (:mod:`~torchup.api.environments`) and verified (:mod:`~torchup.api.verifying`).
"""
