"""A laboratory of servers on the loopback address, each with manners of its own.

:class:`~laboratory.mirror.Mirror` serves files and misbehaves as it is told, request by request;
:class:`~laboratory.proxy.Proxy` stands in between and may want a password.
"""
