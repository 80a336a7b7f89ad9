"""What a person says once about the words of their files: a code, "none", or a question that still waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How a line of mapping.toml waits for a person, and how one says that a word is nothing of the study.
WAITS, NONE = "?", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One word of a file that a person has to explain, once.

    Attributes
    ----------
    part : str
        Where in mapping.toml it stands: committees, occupations or channels.
    word : str
        As it was written.
    rows : int
        How many rows hang on it.
    proposal : str
        What it probably means; "" where that is not clear.
    candidates : tuple of str
        What it may mean.
    """

    part: str
    word: str
    rows: int
    proposal: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one word means: its `code` (NONE where it is nothing of the study), or else what it may mean."""

    code: str = ""
    proposal: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person has to say it."""
        return not self.code


def answered(answers: Mapping[str, str], key: str) -> str:
    """Return what a person said a word means; "" where nothing was said, or where the line still waits."""
    answer = answers.get(key, "")
    return "" if answer.startswith(WAITS) else answer
