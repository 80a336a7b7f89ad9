"""How a study's signals were rated, in words: for its preregistration and its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.pages import Catalogue

__all__ = ["rating_sentences", "unrated_sentence"]


def rating_sentences(signals: Mapping[str, Any], words: Catalogue) -> list[str]:
    """Return what is said of the rated signals of a study (`Study.signals`); nothing where none was rated."""
    rated = [level for level in signals.get("levels", ()) if level["rating"]]
    if not rated:
        return []
    sentences = []
    if any(level["kind"] == "names" for level in rated):
        sentences.append(
            words.text(
                "A name is used where {recognition} of its raters or more recognise the origin that it stands for; the "
                "mean perceived class (1 to 5) of the names of two origins differs by {difference} at most.",
                recognition=words.percent(signals["asked"]["recognition"]),
                difference=words.number(signals["asked"]["class_difference"]),
            )
        )
        if signals["control"]:
            sentences.append(_names(words.text("Control candidates"), signals["control"], words))
    for level in rated:
        title = words.title("level", level["level"])
        say = _names if level["kind"] == "names" else _sentences
        sentences.append(say(title, level["rating"], words))
    return [*sentences, words.text("Rated by: {sources}.", sources="; ".join(signals["sources"]))]


def unrated_sentence(signals: Mapping[str, Any], words: Catalogue) -> str:
    """Return which signals nobody rated; empty where all were, or where none is told by names or sentences."""
    unrated = [words.name("level", level["level"]) for level in signals.get("levels", ()) if not level["rating"]]
    if not unrated:
        return ""
    return words.text(
        "Not rated beforehand: {levels}. How many readers understand these signals as they are meant, and which class "
        "they read in them, is not known.",
        levels=words.several(unrated),
    )


def _names(title: str, rating: Mapping[str, Any], words: Catalogue) -> str:
    facts = {
        "title": title,
        "chosen": words.number(rating["chosen"], 0),
        "rated": words.number(rating["rated"], 0),
        "recognition": words.percent(rating["recognition"]),
    }
    if rating["perceived_class"] is None:
        return words.text(
            "{title}: {chosen} of {rated} given and family names, recognised by {recognition} of raters on average.",
            **facts,
        )
    return words.text(
        "{title}: {chosen} of {rated} given and family names, recognised by {recognition} of raters on average, with a "
        "mean perceived class of {perceived_class}.",
        perceived_class=words.number(rating["perceived_class"]),
        **facts,
    )


def _sentences(title: str, rating: Mapping[str, Any], words: Catalogue) -> str:
    return words.text(
        "{title}: {rated} sentences, recognised by {recognition} of raters on average.",
        title=title,
        rated=words.number(rating["rated"], 0),
        recognition=words.percent(rating["recognition"]),
    )
