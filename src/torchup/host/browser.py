"""Opening the user's browser."""

from __future__ import annotations


def open_browser(url: str) -> bool:
    """Open an address in the user's browser; tell whether one was started."""
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False
