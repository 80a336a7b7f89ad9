"""The sensitivity table: odd reactions counted, left out and bounded."""

from __future__ import annotations

import pandas as pd
import pytest

from corrtest.analysis import pairs_table
from corrtest.analysis.sensitivity import CHOICES, sensitivity
from corrtest.errors import AnalysisError

ROWS = [
    ("invitation", "none", "ok"),
    ("invitation", "invitation", "ok"),
    ("none", "other_positive", "ok"),
    ("automatic", "invitation", "ok"),
    ("none", "automatic", "ok"),
    ("invitation", "negative", "bounced"),
]


def frame() -> pd.DataFrame:
    table = pd.DataFrame(ROWS, columns=["control_reaction", "treated_reaction", "status"])
    return table.assign(
        pair_id=range(len(ROWS)),
        sector="s",
        joint_committee="124",
        criterion="origin",
        level="x",
        employer=[f"e{i}" for i in range(len(ROWS))],
    )


def test_every_choice_by_hand() -> None:
    table = sensitivity(pairs_table(frame())).set_index(["outcome", "choice"])
    assert len(table) == 2 * len(CHOICES)
    counts = ["both", "control_only", "treated_only", "neither"]
    assert table.loc[("strict", "as coded"), counts].tolist() == [1, 2, 1, 2]
    assert table.loc[("strict", "odd pairs left out"), counts].tolist() == [1, 1, 0, 1]
    assert table.loc[("strict", "best case for the treated"), counts].tolist() == [1, 1, 3, 1]
    assert table.loc[("strict", "worst case for the treated"), counts].tolist() == [2, 2, 0, 2]
    assert table.loc[("broad", "as coded"), counts].tolist() == [1, 2, 2, 1]


def test_one_row_leaves_out_the_pairs_with_an_incident() -> None:
    told = frame().assign(status=["incident", *[status for _, _, status in ROWS[1:]]])
    table = sensitivity(pairs_table(told)).set_index(["outcome", "choice"])
    counts = ["both", "control_only", "treated_only", "neither"]
    assert table.loc[("strict", "as coded"), counts].tolist() == [1, 2, 1, 2]
    assert table.loc[("strict", "pairs with an incident left out"), counts].tolist() == [1, 1, 1, 2]


def test_the_bounds_enclose_what_was_coded() -> None:
    table = sensitivity(pairs_table(frame())).set_index(["outcome", "choice"])["discrimination_ratio"]
    for outcome in ("strict", "broad"):
        low, high = (table[(outcome, f"{which} case for the treated")] for which in ("worst", "best"))
        assert low <= table[(outcome, "as coded")] <= high


def test_a_table_without_reactions_is_refused() -> None:
    table = frame().drop(columns=["control_reaction", "treated_reaction"])
    with pytest.raises(AnalysisError, match="no longer which reaction"):
        sensitivity(pairs_table(table.assign(control_positive=1, treated_positive=0)))
