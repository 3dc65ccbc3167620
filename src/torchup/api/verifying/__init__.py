"""Verifying environments, and what is made of a verification."""

from torchup.api.verifying.page import page_text, write_page
from torchup.api.verifying.running import expected_of, see_that_it_computes, verify, verify_site
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
