"""What becomes of each row of a file: taken in, dropped and why, or waiting for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.language import say, say_n
from corrtest.spec.intake.answers import Question, Reading

_BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Rows of one kind that did not go in: why, how many, and one of them.

    `is_fault` is False where nothing is wrong with them: they are not of this study, closed, or there already.
    """

    why: str
    rows: int
    example: str
    is_fault: bool

    def __str__(self) -> str:
        return f"{say_n('{count} row', '{count} rows', self.rows)}: {self.why} ({self.example})"


class Sorting:
    """The fate of each row of one file, settled kind by kind: the first kind that takes a row keeps it."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = np.asarray(rows, dtype=np.int64)
        self.left: _BoolArray = np.ones(len(rows), dtype=np.bool_)
        self.waiting: _BoolArray = np.zeros(len(rows), dtype=np.bool_)
        self.dropped: list[Dropped] = []
        self.questions: list[Question] = []

    def drop(self, which: pd.Series | _BoolArray, why: str, given: pd.Series, *, fault: bool = False) -> None:
        """Drop the rows that are left of these; `given` is what stands in them."""
        found = np.flatnonzero(np.asarray(which, dtype=np.bool_) & self.left)
        if not len(found):
            return
        self.left[found] = False
        shown = str(given.iloc[int(found[0])])
        example = say("row {row}: {given}", row=self.rows[found[0]], given=shown or say("an empty cell"))
        self.dropped.append(Dropped(why=why, rows=len(found), example=example, is_fault=fault))

    def ask(self, part: str, given: pd.Series, readings: Mapping[str, Reading]) -> None:
        """Let the rows wait whose word a person must explain, and note each such word once."""
        waits = {word for word, reading in readings.items() if reading.waits}
        asked = np.asarray(given.isin(waits), dtype=np.bool_) & self.left
        self.waiting |= asked
        for word, count in given[asked].value_counts().items():
            reading = readings[str(word)]
            self.questions.append(
                Question(
                    part=part,
                    word=str(word),
                    rows=int(count),
                    proposal=reading.proposal,
                    candidates=reading.candidates,
                )
            )

    @property
    def taken(self) -> _BoolArray:
        """Which rows go in."""
        return self.left & ~self.waiting
