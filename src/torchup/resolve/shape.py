"""A verdict in the shape of a stack: versions, exact pins, and the address they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Stack

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue
    from torchup.resolve.offers import Offer
    from torchup.resolve.places import Place
    from torchup.resolve.verdict import Verdict


class StackShape:
    """Makes stacks.

    Args:
        catalogue: the facts.
        primary_url: the index for everything.
        framework_url: the base of the framework's own indexes.
    """

    def __init__(self, catalogue: Catalogue, primary_url: str, framework_url: str) -> None:
        self._framework = catalogue.framework.name
        self._primary_url = primary_url
        self._framework_url = framework_url

    def of(self, verdict: Verdict, place: Place | None = None) -> Stack:
        """Turn a verdict into a stack; for a rejected one, as it would be.

        Args:
            verdict: the candidate.
            place: where and with which Python it would be had, if not as judged.
        """
        there = place or verdict.place
        offer, python = there.offer, there.python
        packages = {self._framework: verdict.release.version}
        pins = {self._framework: offer.pin if offer else verdict.label}
        for name, companion in (python.companions if python else {}).items():
            pins[name] = companion.pin
            packages[name] = companion.pin.partition("+")[0]
        for plugin in verdict.build.plugins:
            name, _, pin = plugin.partition("==")
            packages[name] = pins[name] = pin
        return Stack(
            python=python.line if python else "",
            packages=packages,
            build=verdict.build.name,
            runtime=verdict.build.runtime,
            device=verdict.device,
            index_url=self._url(verdict, offer),
            pins=pins,
            source=offer.source.id if offer and offer.source else "",
            environment=verdict.environment,
            extras={self._framework: verdict.build.extra} if verdict.build.extra else {},
            distributions={self._framework: verdict.build.package} if verdict.build.package else {},
        )

    def _url(self, verdict: Verdict, offer: Offer | None) -> str:
        if offer is not None and offer.source is not None:
            return offer.source.url
        channels = verdict.build.channels
        channel = offer.channel if offer else (channels[0] if channels else "")
        if channel == "pypi":
            return self._primary_url
        return f"{self._framework_url.rstrip('/').removesuffix('/whl')}/{channel}"
