"""Use cases, one function each: what the command line, a web page and a fleet all call.

Each module is one group of them and is imported by who needs it, so that a command loads no
more than it uses: :mod:`~torchup.api.machine`, :mod:`~torchup.api.planning`,
:mod:`~torchup.api.creation`, :mod:`~torchup.api.presence`, :mod:`~torchup.api.environments`.
"""
