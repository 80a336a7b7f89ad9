"""Every message of the documents, read from the code that writes them."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

from corrtest.disclosure import REASONS

ROOMS_OF = {"report": ("pages", "report"), "letter": ("pages", "report")}
SAID_BY = {"text": None, "say": None, "mark": None, "say_n": (1, 2)}
METHODS = [("**.py", "python"), ("**.jinja", "jinja2.ext:babel_extract")]


def messages_of(document: str, package: Path) -> set[str]:
    """Return the messages that a kind of document may hold: those of its rooms, and the gate's reasons."""
    found = set(REASONS.values())
    for room in ROOMS_OF[document]:
        found |= messages_in(package / room)
    return found


def messages_in(folder: Path) -> set[str]:
    """Return the messages that the code in a folder writes or says."""
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(str(folder), method_map=METHODS, keywords=SAID_BY):
        found.update((message,) if isinstance(message, str) else message)
    return found
