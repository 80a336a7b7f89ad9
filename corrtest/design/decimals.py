"""Figures in the reader's language."""

from __future__ import annotations

import re

__all__ = ["decimal", "euros"]


def decimal(text: str, language: str) -> str:
    """Write the decimal points of a text as the language does: a comma in Dutch."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text) if language == "nl" else text


def euros(value: float, language: str) -> str:
    """Write whole euros with the language's mark between thousands."""
    text = f"{value:,.0f} euro"
    return text.replace(",", ".") if language == "nl" else text
