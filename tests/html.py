"""Pages as people read them."""

from __future__ import annotations


def collapsed(text: str) -> str:
    """Runs of whitespace as one blank, as a browser shows them."""
    return " ".join(text.split())
