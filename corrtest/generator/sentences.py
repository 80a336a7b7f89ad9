"""The sentences that an application says, as they are compared with those of others; and how easily they read."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from corrtest.generator.documents import Application
from corrtest.generator.languages import language_of
from corrtest.generator.masking import masked_text
from corrtest.generator.personas import Persona
from corrtest.generator.resume import GAP_KEY, OUTSIDE_KEY

__all__ = ["SHARED_SENTENCE_WORDS", "reading_ease", "spoken_by_arm", "spoken_sentences"]

# Two people rarely write the same sentence of five words or more; shorter ones are formulas.
SHARED_SENTENCE_WORDS = 5

_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"(?<=[.!?])\s+|\n+")


@cache
def _vowels(language: str) -> re.Pattern[str]:
    return re.compile(f"[{language_of(language).vowels}]+")


@lru_cache(maxsize=20_000)
def _syllables(word: str, language: str) -> int:
    return max(1, len(_vowels(language).findall(word)))


def _sentences(text: str) -> set[str]:
    found = set()
    for piece in _END.split(text):
        words = _WORD.findall(piece.lower())
        if len(words) >= SHARED_SENTENCE_WORDS:
            found.add(" ".join(words))
    return found


def _spoken(persona: Persona, application: Application) -> set[str]:
    """Return the sentences of an application: no subject line, no fact (diploma, language, nationality)."""
    more = persona.document["x-application"]
    facts = [more["nationality"], *(entry["language"] for entry in persona.document["languages"])]
    facts += [entry[key] for entry in persona.document["education"] for key in ("studyType", "area", "institution")]
    facts += [entry["name"] for entry in persona.document["interests"]]
    facts += [entry["name"] for entry in persona.document["work"] if entry["name"]]
    facts += [entry["position"] for entry in persona.document["work"] if entry.keys() & {OUTSIDE_KEY, GAP_KEY}]
    facts += [entry["name"] for entry in persona.document.get("certificates", [])]
    facts += [more["licence"]] if more["licence"] else []
    # Greetings and closing formulas are everyone's.
    facts += [text[key] for text in (more["letter"], more["email"]) for key in ("greeting", "signoff") if text.get(key)]
    stated = [f" {' '.join(_WORD.findall(fact.lower()))} " for fact in facts]
    found = set().union(*(_sentences(masked_text(persona, text)) for text in application.texts.values()))
    found -= _sentences(masked_text(persona, application.subject))
    # A job's title counts as one word, however long it is: with a date beside it, it is a heading.
    title = " ".join(_WORD.findall(persona.titles[0].lower()))
    found = {sentence for sentence in found if len(sentence.replace(title, "title").split()) >= SHARED_SENTENCE_WORDS}
    # A skill listed in a few words is a fact as well; a sentence that speaks of it is not.
    found -= {" ".join(_WORD.findall(entry["name"].lower())) for entry in persona.document.get("skills", [])}
    padded = {sentence: f" {sentence} " for sentence in found}
    return {sentence for sentence, within in padded.items() if not any(fact in within for fact in stated)}


def spoken_sentences(
    personas: tuple[Persona, Persona], applications: tuple[Application, Application]
) -> frozenset[str]:
    """Return the sentences of a pair as `audit_pair` compares them with those of later pairs."""
    return frozenset().union(*spoken_by_arm(personas, applications))


def spoken_by_arm(personas: tuple[Persona, Persona], applications: tuple[Application, Application]) -> list[set[str]]:
    """Return the sentences of the control and of the treated application."""
    return [_spoken(persona, application) for persona, application in zip(personas, applications, strict=True)]


def reading_ease(text: str, language: str = "nl") -> float:
    """Return the reading ease of a text: base - a (words a sentence) - b (syllables a word), Flesch's scale.

    Source: Flesch (1948) for English, Douma (1960) for Dutch, Kandel & Moles (1958) for French. Syllables are counted
    as groups of vowels.
    """
    weights = language_of(language).reading
    words = _WORD.findall(text.lower())
    pieces = [piece for piece in _END.split(text) if piece.strip()]
    if not words or not pieces:
        return 0.0
    syllables = sum(_syllables(word, language) for word in words)
    return weights["base"] - weights["sentence"] * len(words) / len(pieces) - weights["word"] * syllables / len(words)
