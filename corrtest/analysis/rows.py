"""What a table of pairs and a table of applications share: checked rows, what was read, and what is odd about a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.tables import BoolArray, FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say
from corrtest.spec import INCIDENT, REACTIONS, SECOND_LATE, TRUE_WORDS, simulated_rows

CodeArray = npt.NDArray[np.int8]

DEFAULT_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "strict": ("invitation",),
    "broad": ("invitation", "other_positive"),
}
STATUS = "status"
USABLE = ("", "ok", "complete")
# Not odd by what was answered: what becomes of such rows is a choice of its own (`robustness.other_rows`).
APART = (INCIDENT, SECOND_LATE)
TRUE = TRUE_WORDS
FALSE = frozenset({"0", "false", "no", "0.0", "0,0", "nee", "neen", "onwaar", "non", "faux", "nein", "falsch"})
AUTOMATIC = REACTIONS.index("automatic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Checked rows. `frame` holds the grouping columns and, where known, `employer`; `pair_ids` stand apart."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    one_group_a_comparison: bool = False
    pair_ids: pd.Series | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def frames_by_arm(self) -> list[pd.DataFrame]:
        """Return the columns as those of applications: each row is one, unless the table has pairs."""
        return [self.frame]

    @property
    def simulated(self) -> bool:
        """Whether a column `simulated`, as the register exports it, marks any row."""
        return bool(simulated_rows(self.frame).any())

    @property
    def statuses(self) -> tuple[npt.NDArray[np.intp], list[str]]:
        """The column `status` as codes and words; "ok" throughout where the table has none."""
        if STATUS not in self.frame:
            return np.zeros(len(self), dtype=np.intp), ["ok"]
        codes, words = pd.factorize(self.frame[STATUS])
        return np.where(codes < 0, len(words), codes), [*map(str, words), ""]

    @property
    def unusable(self) -> BoolArray:
        """Rows whose `status` says that something went wrong: bounced, vacancy withdrawn, late answer, …."""
        codes, words = self.statuses
        return np.array([word not in (*USABLE, *APART) for word in words], dtype=np.bool_)[codes]

    def marked(self, status: str) -> BoolArray:
        """Return which rows have this `status`."""
        codes, words = self.statuses
        return np.array([word == status for word in words], dtype=np.bool_)[codes]


def marked(values: pd.Series, word: str) -> FloatArray:
    """Return 1 where a column says `word`, else 0."""
    return np.asarray(values == word, dtype=np.float64)


def words(values: pd.Series) -> list[str]:
    """Return what a column says, in alphabetical order."""
    return sorted(str(word) for word in pd.unique(values) if not pd.isna(word) and str(word))


def require_drawn(table: Rows, column: str) -> None:
    """Refuse a table without a column of the plan's draw."""
    if column not in table.frame:
        raise AnalysisError(
            say("Randomisation inference needs the column '{column}', as the plan has it.", column=column)
        )
