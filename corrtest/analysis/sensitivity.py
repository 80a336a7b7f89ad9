"""How much do the answers depend on choices about odd reactions? One table over all of them.

An automatic answer is no reaction of the employer; a bounced application never arrived; a vacancy may be withdrawn
between the two sendings, and an answer may come after the window. A study says beforehand how each counts; here
every choice is laid side by side, with the bounds of the best and the worst case for the treated arm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corrtest.analysis.estimating import group_results
from corrtest.analysis.margins import MarginCounts
from corrtest.analysis.paired.tables import PairedTables
from corrtest.analysis.pairs import DEFAULT_OUTCOMES, BoolArray, PairsTable
from corrtest.errors import AnalysisError
from corrtest.spec import REACTIONS

STATUS = "status"
_USABLE = ("", "ok", "complete")
CHOICES = {
    "as coded": "odd reactions are not positive; every pair counts",
    "odd pairs left out": "pairs with an automatic answer, or not marked as usable, are left out",
    "best case for the treated": "odd reactions to the treated are positive, those to the control are not",
    "worst case for the treated": "odd reactions to the control are positive, those to the treated are not",
}


def sensitivity(
    table: PairsTable,
    *,
    criterion: str | None = None,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Return the ratio and the net rate for every outcome × choice about odd reactions, one row each.

    Odd are automatic answers, and every reaction of a pair whose column `status` says anything but "ok" (for
    instance "bounced", "withdrawn", "late"), where the table has that column.

    Raises
    ------
    AnalysisError
        The table has 0/1 columns instead of reactions, so that odd reactions cannot be told.
    """
    if table.reactions is None:
        raise AnalysisError(
            "The table says positive or not, and no longer which reaction it was; use one with reactions."
        )
    keep = np.ones(len(table), dtype=np.bool_)
    if criterion is not None:
        keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
        if not keep.any():
            raise AnalysisError(f"No pair tests the criterion '{criterion}'.")
    chosen = {name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()}
    automatic = REACTIONS.index("automatic")
    unusable = np.zeros(len(table), dtype=np.bool_)
    if STATUS in table.frame:
        unusable = ~table.frame[STATUS].astype("string").fillna("").isin(_USABLE).to_numpy(dtype=np.bool_)
    odd = [(codes == automatic) | unusable for codes in table.reactions]
    rows = []
    for outcome, (control, treated) in table.outcomes(chosen).items():
        for choice in CHOICES:
            mine, theirs, used = _chosen(choice, control, treated, odd[0], odd[1], keep)
            if not used.any():
                continue
            rows.append({"outcome": outcome, "choice": choice, **_row(mine[used], theirs[used], confidence_level)})
    return pd.DataFrame(rows)


def _chosen(
    choice: str, control: BoolArray, treated: BoolArray, odd_control: BoolArray, odd_treated: BoolArray, keep: BoolArray
) -> tuple[BoolArray, BoolArray, BoolArray]:
    if choice == "odd pairs left out":
        return control, treated, keep & ~odd_control & ~odd_treated
    if choice == "best case for the treated":
        return control & ~odd_control, treated | odd_treated, keep
    if choice == "worst case for the treated":
        return control | odd_control, treated & ~odd_treated, keep
    return control, treated, keep


def _row(control: BoolArray, treated: BoolArray, confidence_level: float) -> dict[str, object]:
    cells = np.bincount(control.astype(np.int8) * 2 + treated, minlength=4)
    counts = MarginCounts(
        fields=(),
        keys=((),),
        tables=PairedTables.of([cells[3]], [cells[2]], [cells[1]], [cells[0]]),
        clusters=None,
    )
    (group,) = group_results(counts, "", confidence_level=confidence_level, all_methods=False)
    ratio, net = group.estimate("discrimination_ratio"), group.estimate("net_discrimination_rate")
    return {
        "pairs": group.pairs,
        **group.counts.as_dict(),
        "discrimination_ratio": ratio.value,
        "lower": ratio.lower,
        "upper": ratio.upper,
        "net_discrimination_rate": net.value,
        "pvalue": group.test("mcnemar_midp").pvalue,
    }
