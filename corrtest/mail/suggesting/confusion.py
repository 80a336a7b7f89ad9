"""What suggestions were wrong, by arm: a machine that errs more often in one arm makes a difference by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from corrtest.design import substream
from corrtest.spec import ARMS

__all__ = ["Checked", "Confusion", "confusion"]

DRAWS = 9_999
# So many pairs or fewer: every way in which their arms can change places is tried.
_TRY_ALL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A mail of which a person said what it is, and what was suggested ("" where nothing was)."""

    pair_id: str
    arm: str
    confirmed: str
    suggested: str

    @property
    def wrong(self) -> bool:
        """Something else was suggested than the person said."""
        return self.suggested not in ("", self.confirmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Suggestions against what persons said.

    Attributes
    ----------
    cells : DataFrame
        arm, confirmed, suggested, mails.
    arms : DataFrame
        One row an arm: mails, wrong, silent (nothing was suggested), wrong_share; positive_person and
        positive_machine, the shares of the mails that were positive (broad) as a person said and as suggested.
    p_value : float
        Of the test that suggestions are as often wrong in both arms.
    """

    cells: pd.DataFrame
    arms: pd.DataFrame
    p_value: float


def confusion(checked: Sequence[Checked], positive: Sequence[str], seed: int) -> Confusion:
    """Compare suggestions with what persons said.

    The test lets the arms of each pair change places: it holds however much the answers to a pair are alike. With two
    answers to each pair it is the exact test of McNemar (1947).
    """
    cells = (
        pd.DataFrame(
            [(each.arm, each.confirmed, each.suggested) for each in checked], columns=["arm", "confirmed", "suggested"]
        )
        .groupby(["arm", "confirmed", "suggested"], as_index=False)
        .size()
        .rename(columns={"size": "mails"})
    )
    rows = []
    for arm in ARMS:
        mine = [each for each in checked if each.arm == arm]
        wrong, silent = sum(each.wrong for each in mine), sum(not each.suggested for each in mine)
        shares = [
            sum(getattr(each, by) in positive for each in mine) / len(mine) if mine else float("nan")
            for by in ("confirmed", "suggested")
        ]
        rows.append((arm, len(mine), wrong, silent, wrong / len(mine) if mine else float("nan"), *shares))
    names = ["arm", "mails", "wrong", "silent", "wrong_share", "positive_person", "positive_machine"]
    return Confusion(cells=cells, arms=pd.DataFrame(rows, columns=names), p_value=_p_value(checked, seed))


def _p_value(checked: Sequence[Checked], seed: int) -> float:
    """Return how often a difference as large comes about where the arms of each pair change places by chance."""
    if not checked:
        return 1.0
    overall = sum(each.wrong for each in checked) / len(checked)
    of_pair: dict[str, float] = defaultdict(float)
    for each in checked:
        of_pair[each.pair_id] += (each.wrong - overall) * (1 if each.arm == "treated" else -1)
    parts = np.array([part for part in of_pair.values() if abs(part) > 1e-12])
    observed = abs(parts.sum()) - 1e-9
    if len(parts) <= _TRY_ALL:
        signs = np.array(list(product((-1, 1), repeat=len(parts))))
        return float((np.abs(signs @ parts) >= observed).mean())
    chance = substream(seed, "suggestions by arm")
    signs = chance.choice((-1.0, 1.0), size=(DRAWS, len(parts)))
    return float((1 + (np.abs(signs @ parts) >= observed).sum()) / (DRAWS + 1))
