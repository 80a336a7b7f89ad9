"""A form as data: questions with their choices, in blocks of which each respondent gets one by lot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Block", "Choice", "Form", "Question"]

# Language → text.
Said = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that may be chosen."""

    name: str
    label: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: a choice from the list called `choices`, a whole number, or a text that is only shown."""

    name: str
    kind: Literal["choice", "number", "note"]
    label: Said
    choices: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Questions that are shown together."""

    name: str
    questions: tuple[Question, ...]


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
    choices : mapping
        Name of a list → its choices.
    blocks : tuple of Block
        Each respondent gets one of them, drawn by the survey tool.
    """

    name: str
    title: Said
    introduction: Said
    languages: Mapping[str, str]
    blocks: tuple[Block, ...]
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
