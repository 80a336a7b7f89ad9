"""What an answer may be, suggested with the words that made it; a person decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from corrtest.mail.suggesting.model import Model
from corrtest.mail.suggesting.rules import ruled
from corrtest.mail.suggesting.words import plain_words

__all__ = ["Suggestion", "suggest"]

# Below this the model says nothing: a wrong word before a person's eyes costs more than none.
SURE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A class, who says so, the words that made it, and how likely the model holds it (1 where a rule says so)."""

    reaction: str
    source: Literal["rules", "model"]
    evidence: tuple[str, ...]
    probability: float = 1.0


def suggest(model: Model, subject: str, text: str, kinds: Collection[str] = ()) -> Suggestion | None:
    """Return what a mail may be: by a rule that finds its words, else by the model where it is sure; None otherwise.

    Parameters
    ----------
    subject, text
        Masked: nothing in them says which candidate was written to.
    kinds
        What the structure of the mail tells, as `Message.kinds` has it.
    """
    found = ruled(subject, text, kinds)
    if found is not None:
        return Suggestion(reaction=found.reaction, source="rules", evidence=found.evidence)
    (told,) = model.tell([plain_words(subject, text)])
    if told.probability < SURE:
        return None
    return Suggestion(
        reaction=told.reaction, source="model", evidence=told.evidence, probability=round(told.probability, 3)
    )
