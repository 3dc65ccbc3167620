"""Containers, in which a card may be plugged in and its devices not be handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchup.host import Host


def container_of(host: Host) -> str | None:
    """Name the kind of container, None where nothing tells of one."""
    group = (host.read("/proc/1/cgroup") or b"").decode("utf-8", "replace")
    if host.env("KUBERNETES_SERVICE_HOST") or "kubepods" in group:
        return "kubernetes"
    if host.modified("/run/.containerenv") or "libpod" in group:
        return "podman"
    if host.modified("/.dockerenv") or "/docker/" in group or "containerd" in group:
        return "docker"
    if "/lxc/" in group or "/lxc.payload" in group or host.env("container") == "lxc":
        return "lxc"
    return host.env("container") or None


def in_container(host: Host) -> bool:
    """Tell whether this is a container of any kind."""
    return container_of(host) is not None
