"""Rules on words: what an answer says by itself, with the words that say so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corrtest.mail.suggesting.words import folded_alike, own_words, sentences

__all__ = ["CLASSES", "Found", "discovery", "ruled"]

# What an answer may be: the reactions that a person can confirm of a mail, and a letter that never arrived.
CLASSES = ("invitation", "other_positive", "request", "negative", "automatic", "bounced")
# Words between two halves of a phrase, at most.
_GAP = r"(?:\W+[\w'-]+){0,6}?\W+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A class, and the words of the mail that tell it."""

    reaction: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    reaction: str
    said: re.Pattern[str] | None
    undone: re.Pattern[str] | None
    structure: frozenset[str]

    def evidence(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return the words that tell this class, a sentence at most once."""
        found = []
        for line in lines:
            said = None if self.said is None else self.said.search(folded_alike(line))
            if said and not (self.undone and self.undone.search(folded_alike(line), 0, said.start())):
                found.append(line[said.start() : said.end()])
        return tuple(dict.fromkeys(found))


def ruled(subject: str, text: str, kinds: Collection[str] = ()) -> Found | None:
    """Return what the words of a mail tell, by the first rule that finds its words; None where none does.

    Parameters
    ----------
    kinds
        What the structure of the mail tells, as `Message.kinds` has it.
    """
    if "bounce" in kinds:
        return Found(reaction="bounced", evidence=(_of_structure("bounce"),))
    lines = _lines(subject, text)
    for rule in _rules():
        told = tuple(_of_structure(kind) for kind in sorted(rule.structure.intersection(kinds)))
        evidence = told or rule.evidence(lines)
        if evidence:
            return Found(reaction=rule.reaction, evidence=evidence)
    return None


def discovery(subject: str, text: str) -> tuple[str, ...]:
    """Return the words by which an employer says that he has found out; none where he does not."""
    return _discovery().evidence(_lines(subject, text))


def _lines(subject: str, text: str) -> list[str]:
    return [line for line in (*sentences(own_words(text)), subject) if line]


def _of_structure(kind: str) -> str:
    return f"({kind})"


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("corrtest.mail.suggesting").joinpath("rules.toml").read_text(encoding="utf-8"))


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_rule(table["class"], table) for table in _tables()["rule"])


@cache
def _discovery() -> _Rule:
    return _rule("discovery", _tables()["discovery"])


def _rule(reaction: str, table: dict[str, Any]) -> _Rule:
    phrases = [phrase for language in ("nl", "fr", "en") for phrase in table.get(language, ())]
    return _Rule(reaction, _any_of(phrases), _any_of(table.get("undone_by", ())), frozenset(table.get("structure", ())))


def _any_of(phrases: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{_pattern(phrase)})" for phrase in phrases)) if phrases else None


def _pattern(phrase: str) -> str:
    """Return the pattern of a phrase: [a|b] a choice, … a few words, * the rest of a word, … ? up to a question's end.

    >>> bool(re.search(_pattern("nodigen … uit"), "wij nodigen u graag uit"))
    True
    """
    pattern = re.escape(phrase).replace(r"\ …\ \?", r"\b[^.!?]*\?").replace(r"\ …\ ", _GAP)
    for sign, meaning in ((r"\[", "(?:"), (r"\]", ")"), (r"\|", "|"), (r"\*", r"[\w-]*"), (r"\ ", r"\s+")):
        pattern = pattern.replace(sign, meaning)
    return rf"\b(?:{pattern})" + ("" if pattern.endswith(r"\?") else r"\b")
