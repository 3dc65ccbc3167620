"""Verifying environments, and what is made of a verification.

Pages, and how fast a card is among its like, are loaded when they are first asked for.
"""

from typing import TYPE_CHECKING, Final

from torchup.api.verifying.expecting import expected_of
from torchup.api.verifying.running import see_that_it_computes, verify, verify_site
from torchup.early import later

if TYPE_CHECKING:
    from torchup.api.verifying.page import page_text, write_page
    from torchup.api.verifying.speed import rated, shares
    from torchup.verify.speed import Rated

__all__ = [
    "Rated",
    "expected_of",
    "page_text",
    "rated",
    "see_that_it_computes",
    "shares",
    "verify",
    "verify_site",
    "write_page",
]

_LATER: Final = {
    "page": ("page_text", "write_page"),
    "speed": ("Rated", "rated", "shares"),
}
"""Module → the names that are taken from it when they are first asked for."""

if not TYPE_CHECKING:  # a checker would take any name for one of these
    __getattr__ = later(__name__, _LATER)
