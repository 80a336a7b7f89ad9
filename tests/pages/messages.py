"""Every message of the documents, read from the code that writes them."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

from corrtest.disclosure import REASONS

ROOMS_OF = {"report": ("pages", "report"), "letter": ("pages", "report")}
METHODS = [("**.py", "python"), ("**.jinja", "jinja2.ext:babel_extract")]


def messages_of(document: str, package: Path) -> set[str]:
    """Return the messages that a kind of document may hold: those of its rooms, and the gate's reasons."""
    found = set(REASONS.values())
    for room in ROOMS_OF[document]:
        for _, _, message, _, _ in extract_from_dir(str(package / room), method_map=METHODS, keywords={"text": None}):
            found.add(message)
    return found
