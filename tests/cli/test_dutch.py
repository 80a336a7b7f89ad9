"""A dozen commands as a Dutch-speaking and as an English-speaking user types them."""

from __future__ import annotations

import re

import pytest

# Words that no sentence of the other language does without.
ENGLISH = re.compile(
    r"\b(the|and|are|with|which|there|this|these|cannot|must|expected|got|write|use|missing|show|from|every|your|not)\b"
)
DUTCH = re.compile(r"\b(de|het|een|van|niet|met|voor|wordt|zijn|geen|deze|verwacht|schrijf|geef|ontbreekt|toon)\b")
QUOTED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|--[\w-]+|\[[a-z_.]+\]|\S*[_/]\S*|\b\w+\.\w+\b")

BROKEN = """
[study]
name = "bad name"
sector = "construction"
seed = "x"
colour = "red"
"""

COMMANDS = [
    ("--help",),
    ("check", "--help"),
    ("plan", "--help"),
    ("register", "--help"),
    ("register", "claim", "--help"),
    ("report", "--help"),
    ("two-by-two", "--help"),
    ("two-by-two", "40", "46", "14", "141"),
    ("two-by-two", "40", "many", "14", "141"),
    ("two-by-two", "40", "46"),
    ("check", "no-such-study.toml"),
    ("check", "broken.toml"),
    ("chek",),
    ("check", "broken.toml", "--colour", "red"),
    ("new", "constuction"),
    ("analyse", "no-such-table.csv"),
    ("report", "no-such-results.json"),
    ("register", "status", "--register", "no-such-register.sqlite"),
]


def sentences(text: str) -> str:
    """Return what was said, in small letters, without what the user typed and what is named by a key."""
    return QUOTED.sub(" ", text.lower())


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("language", "other"), [("nl", ENGLISH), ("en", DUTCH)], ids=["nl", "en"])
def test_a_command_speaks_one_language(corrtest, monkeypatch, tmp_path, arguments, language, other):
    (tmp_path / "broken.toml").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setenv("CORRTEST_LANGUAGE", language)
    ran = corrtest(*arguments)
    told = sentences(ran.out + ran.err)
    assert len(told.split()) > 3
    assert not other.findall(told), told


def test_the_locale_chooses_where_no_language_is_set(corrtest, monkeypatch):
    monkeypatch.delenv("CORRTEST_LANGUAGE", raising=False)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "nl_BE.UTF-8")
    assert "Er is geen commando" in corrtest("chek").err


def test_numbers_are_written_as_in_dutch(corrtest, monkeypatch):
    monkeypatch.setenv("CORRTEST_LANGUAGE", "nl")
    assert "0,4615" in corrtest("two-by-two", "10", "20", "5", "30").out
