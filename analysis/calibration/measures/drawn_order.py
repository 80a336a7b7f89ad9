"""Size of the randomisation test where the order of the arms was drawn with unequal chances and order matters.

Under the sharp hypothesis a pair's two reactions stay as they are when the arms are exchanged. Reactions may still
favour the application that came first. McNemar's test, which takes either arm to be as likely to win, then mistakes an
order effect for discrimination; the randomisation test, which knows the chances, does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from corrtest.analysis import TESTS, PairedTables, exact_sign_test
from corrtest.design import substream
from measures.rows import rejection_row


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCell:
    """Discordant pairs, the chance that the control arm goes first, and that the first application is the winner.

    `treated_share` is the chance that the treated arm wins a pair whatever the order; None under the sharp hypothesis.
    """

    discordant: int
    control_first: float
    first_wins: float
    treated_share: float | None = None

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        effect = "none" if self.treated_share is None else f"{self.treated_share:g}"
        return f"m{self.discordant}_control{self.control_first:g}_first{self.first_wins:g}_effect{effect}"


def order_grid() -> tuple[OrderCell, ...]:
    """Return the cells under the sharp hypothesis, and a few with an effect."""
    null = [
        OrderCell(discordant=m, control_first=chance, first_wins=first)
        for m, chance, first in product((10, 20, 40, 80), (0.5, 0.7), (0.5, 0.75))
    ]
    effects = [
        OrderCell(discordant=m, control_first=chance, first_wins=0.5, treated_share=0.3)
        for m, chance in product((20, 40, 80), (0.5, 0.7))
    ]
    return (*null, *effects)


def measure_order(cell: OrderCell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return how often the randomisation test and McNemar's mid-p test reject."""
    rng = substream(seed, "calibration order", cell.name)
    shape = (experiments, cell.discordant)
    control_first = rng.random(shape) < cell.control_first
    if cell.treated_share is None:
        treated_wins = control_first != (rng.random(shape) < cell.first_wins)
    else:
        treated_wins = rng.random(shape) < cell.treated_share
    chance = np.where(control_first, cell.control_first, 1 - cell.control_first)
    signs = np.where(treated_wins, 1, -1)
    exact = np.array([exact_sign_test(s, c).pvalue for s, c in zip(signs, chance, strict=True)])
    won = treated_wins.sum(axis=1)
    midp = TESTS["mcnemar_midp"](PairedTables.of(0, cell.discordant - won, won, 0)).pvalue
    kind = "size" if cell.treated_share is None else "power"
    described = {
        "discordant": cell.discordant,
        "control_first": cell.control_first,
        "first_wins": cell.first_wins,
        "treated_share": cell.treated_share,
    }
    rows = (rejection_row(kind, "randomisation test", exact), rejection_row(kind, "mcnemar_midp", midp))
    return [{**described, "experiments": experiments, **row} for row in rows]
