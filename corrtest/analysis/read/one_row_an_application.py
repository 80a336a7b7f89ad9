"""A table of pairs as one row an application, in the columns that the R package `callback` takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corrtest.analysis.read.pairs import StudyTable, require_pairs
from corrtest.language import say

CLUSTER, CANDIDATE, CALLBACK = "offer", "candidate", "callback"


def applications_of_pairs(
    table: StudyTable, positive_reactions: Mapping[str, Sequence[str]], outcome: str
) -> pd.DataFrame:
    """Return two rows a pair, for ``callback(data, cluster = "offer", candid = "candidate", callback = "callback")``.

    `offer` names the pair ("T1": R must take it for a name), `candidate` is "control" or the signal that the treated
    candidate carries, and `callback` is 1 where the reaction was positive under `outcome`, else 0. The other columns of
    the table come along; for one criterion at a time take ``subset(data, criterion == "origin")``.

    Raises
    ------
    AnalysisError
        The table is one of an unpaired study.
    """
    pairs = require_pairs(table, say("A row an application"))
    positive = pairs.outcomes(positive_reactions)[outcome]
    frame = pairs.frame.reset_index(drop=True)
    level = frame["level"].astype(str) if "level" in frame else pd.Series("", index=frame.index)
    level = level.where(~level.isin(["", "nan"]), frame["criterion"].astype(str) if "criterion" in frame else "treated")
    both = pd.concat([frame, frame], ignore_index=True)
    both.insert(0, CLUSTER, [f"T{number}" for number in range(1, len(frame) + 1)] * 2)
    both.insert(1, CANDIDATE, [*["control"] * len(frame), *level])
    both.insert(2, CALLBACK, np.concatenate([positive.control, positive.treated]).astype(int))
    order = np.arange(2 * len(frame)).reshape(2, -1).T.ravel()  # each pair's two rows together
    return both.iloc[order].reset_index(drop=True)
