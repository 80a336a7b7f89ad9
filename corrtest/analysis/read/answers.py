"""The table of a study with one arm: one row an answer, of a call or of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.designs import ONE_ARM, Design
from corrtest.analysis.read.cells import (
    as_positive,
    check_grouping_columns,
    positive_faults,
    refuse,
    shown,
    worded_or_coded,
)
from corrtest.analysis.read.reading import read_columns
from corrtest.analysis.rows import Rows
from corrtest.analysis.tables import BoolArray, SharePositives
from corrtest.errors import Fault, InputError, nearest
from corrtest.language import keep, say
from corrtest.spec import CALL_ANSWERS, NOT_REACHED, needed_columns, require_columns, sheet_row

ANSWER, POSITIVE = "answer", "positive"
_REQUIRED = tuple(name for name in needed_columns("answers") if name != ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersTable(Rows):
    """Checked answers: their words, or per outcome which were positive."""

    answers: pd.Series | None = None
    positives: Mapping[str, BoolArray] = field(default_factory=dict)

    @property
    def design(self) -> Design[Any, Any]:
        """The design of the study."""
        return ONE_ARM

    @property
    def reactions(self) -> pd.Series | None:
        """The words of the answers; None where only 0 and 1 are known."""
        return self.answers

    @property
    def odd(self) -> SharePositives:
        """Which rows something went wrong with: those whose `status` is not "ok"."""
        return SharePositives(self.unusable)

    def kept(self, keep: BoolArray) -> AnswersTable:
        """Return the table with the rows in `keep` alone."""
        return replace(
            self,
            frame=self.frame[keep].reset_index(drop=True),
            pair_ids=None if self.pair_ids is None else self.pair_ids[keep].reset_index(drop=True),
            answers=None if self.answers is None else self.answers[keep].reset_index(drop=True),
            positives={name: positive[keep] for name, positive in self.positives.items()},
        )

    def outcomes(self, positive_answers: Mapping[str, Sequence[str]]) -> dict[str, SharePositives]:
        """Return per outcome which answers are positive."""
        if self.answers is None:
            return {name: SharePositives(positive) for name, positive in self.positives.items()}
        return {
            name: SharePositives(self.answers.isin(list(words)).to_numpy(dtype=np.bool_))
            for name, words in positive_answers.items()
        }

    def reached(self) -> AnswersTable:
        """Return the answers of those who were reached, with a note that counts the others."""
        if self.answers is None:
            return self
        away = (self.answers == NOT_REACHED).to_numpy(dtype=np.bool_)
        if not away.any():
            return self
        note = keep("Left out, since nobody was reached: {count}.", count=int(away.sum()))
        return replace(self.kept(~away), notes=(*self.notes, note))


def read_answers(path: str | Path) -> AnswersTable:
    """Read a table of answers of any kind; columns as `answers_table` takes them.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, or has rows that are wrong; each is named.
    """
    table, digest = read_columns(Path(path))
    return answers_table(table, {"file": Path(path).name, "sha256": digest, "rows": len(table)})


def is_of_answers(table: pd.DataFrame) -> bool:
    """Say whether a row is an answer of one arm: a column `answer`, or `positive` without an arm."""
    names = set(map(str, table.columns))
    return ANSWER in names or (POSITIVE in names and "arm" not in names and "pair_id" in names)


def answers_table(table: pd.DataFrame, source: Mapping[str, Any] | None = None) -> AnswersTable:
    """Check a table of answers.

    Raises
    ------
    InputError
        A column is missing, or a cell cannot be used; each is named.
    """
    if len(table) == 0:
        raise InputError(say("The table of answers has no rows. Give at least one answer."))
    column = ANSWER if ANSWER in table else POSITIVE
    require_columns(table, (*_REQUIRED, column))
    faults = check_grouping_columns(table, required=_REQUIRED)
    answers: pd.Series | None = None
    positives: dict[str, BoolArray] = {}
    if column == ANSWER:
        answers = table[ANSWER].astype(str).reset_index(drop=True)
        faults += [
            Fault(
                file=table.attrs.get("file"),
                row=sheet_row(int(row), table),
                column=ANSWER,
                given=shown(table[ANSWER].iloc[row]),
                expected=say("one of {words}", words=", ".join(CALL_ANSWERS)),
                action=nearest(str(table[ANSWER].iloc[row]).lower(), CALL_ANSWERS),
            )
            for row in np.flatnonzero(~answers.isin(CALL_ANSWERS).to_numpy(dtype=np.bool_))
        ]
    else:
        positives[POSITIVE], unknown = as_positive(worded_or_coded(table, column))
        faults += positive_faults(table, column, unknown)
    refuse(table, faults)
    frame = table[[name for name in table.columns if name not in {"pair_id", ANSWER, POSITIVE}]].copy(deep=False)
    frame.attrs = {}
    return AnswersTable(
        frame=frame.reset_index(drop=True),
        pair_ids=table["pair_id"],
        answers=answers,
        positives=positives,
        source={"rows": len(table)} if source is None else source,
    )
