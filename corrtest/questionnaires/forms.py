"""A form as data: questions with their choices, in blocks for everybody and lots of which each respondent gets one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Block", "Choice", "Form", "Lot", "Question"]

# Language → text.
Said = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that may be chosen."""

    name: str
    label: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: a choice from the list called `choices`, a number, a line of text, or a note that is only shown."""

    name: str
    kind: Literal["choice", "number", "text", "note"]
    label: Said
    choices: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Questions that are shown together, below a title where they have one."""

    name: str
    questions: tuple[Question, ...]
    title: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Blocks of which each respondent gets one, drawn by the survey tool; the answers tell its number from 1 on."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form.

    Attributes
    ----------
    name : str
        An identifier.
    title, introduction : mapping
        Language → text.
    languages : mapping
        Code → the language's own name, the first one leading.
    parts : tuple of Block or Lot
        What is asked, in this order.
    choices : mapping
        Name of a list → its choices.
    """

    name: str
    title: Said
    introduction: Said
    languages: Mapping[str, str]
    parts: tuple[Block | Lot, ...]
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @property
    def lots(self) -> tuple[Lot, ...]:
        """What is drawn for each respondent."""
        return tuple(part for part in self.parts if isinstance(part, Lot))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, those of which only one is shown as well."""
        return tuple(block for part in self.parts for block in (part.blocks if isinstance(part, Lot) else (part,)))

    def questions(self) -> Iterator[Question]:
        """Yield what can be answered, in the order of the form."""
        for block in self.blocks:
            yield from (question for question in block.questions if question.kind != "note")
