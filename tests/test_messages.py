"""Every message that corrtest says has a Dutch translation, so that the catalogue never falls behind the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corrtest.cli.app import app
from corrtest.cli.translated import help_texts
from corrtest.language import languages, say, translations, use
from tests.pages.messages import said_in, said_in_template

PACKAGE = Path(__file__).resolve().parents[1] / "corrtest"
# What is the same in every language: places to fill in, signs, names of files.
_WORDS = re.compile(r"[A-Za-z]{2,}")


def said() -> set[str]:
    """Return every message: those that the code says, and the help of the command line."""
    found = help_texts(app)
    for file in PACKAGE.rglob("*.py"):
        found |= said_in(file)
    for file in PACKAGE.rglob("web/templates/*.jinja"):
        found |= said_in_template(file)
    return found


def places(message: str) -> list[str]:
    return sorted(set(re.findall(r"{\w+[^}]*}", message)))


def test_the_messages_are_found():
    found = said()
    assert len(found) > 1000
    assert {"Usage:", "Did you mean '{word}'?", "Show the version and stop."} <= found


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_every_message_has_a_translation_with_the_same_places(language):
    known = translations(language).messages
    missing = [message for message in said() if message not in known and _WORDS.search(re.sub(r"{[^}]*}", "", message))]
    assert not missing, "\n".join(sorted(missing))
    for message in said() & set(known):
        for translation in known[message]:
            assert places(translation) == places(message), message
            assert translation[:1].isspace() == message[:1].isspace(), message
            assert translation[-1:].isspace() == message[-1:].isspace(), message


def test_dutch_is_spoken():
    assert "nl" in languages()
    with use("nl"):
        assert say("Did you mean '{word}'?", word="plan") == "Bedoelde u 'plan'?"
