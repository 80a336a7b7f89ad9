"""Looking early: how often equal treatment is rejected at any look, and how soon a difference is found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from corrtest.analysis import TESTS, PairedTables, boundaries, e_values
from corrtest.design import substream
from measures.cell import Cell
from measures.rows import LEVEL, mean_row, rate_row

Rule = Literal["obrien_fleming", "pocock", "e_process"]
ALPHA = 1 - LEVEL
_TWO_SIDED = float(-ndtri(ALPHA / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredCell:
    """A market and a plan of looks; `looks` is empty for the e-process, which is looked at after every pair."""

    market: Cell
    rule: Rule
    looks: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"{self.market.name}_{self.rule}_{len(self.looks)}looks"


def looks_grid() -> tuple[MonitoredCell, ...]:
    """Return markets with equal treatment and with a ratio of 0.7, by rule and number of looks."""
    cells = []
    for pairs, rate, ratio in product((100, 200, 400, 800), (0.1, 0.2, 0.35), (0.7, 1.0)):
        market = Cell(pairs=pairs, control_rate=rate, ratio=ratio, association=0.5)
        for looks in (2, 5):
            fractions = tuple((number + 1) / looks for number in range(looks))
            cells.append(MonitoredCell(market=market, rule="obrien_fleming", looks=fractions))
            cells.append(MonitoredCell(market=market, rule="pocock", looks=fractions))
        cells.append(MonitoredCell(market=market, rule="e_process"))
    return tuple(cells)


def measure_looks(cell: MonitoredCell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return how often the rule stops, how often looking without a rule would, and how often one final look does."""
    rng = substream(seed, "calibration looks", cell.name)
    kind = "size" if cell.market.ratio == 1 else "power"
    rows = _at_every_pair(cell, experiments, rng, kind) if not cell.looks else _at_looks(cell, experiments, rng, kind)
    described = {**cell.market.described(), "rule": cell.rule, "looks": len(cell.looks) or "every pair"}
    return [{**described, "experiments": experiments, **row} for row in rows]


def _at_looks(cell: MonitoredCell, experiments: int, rng: np.random.Generator, kind: str) -> list[dict[str, Any]]:
    market = cell.market
    ends = np.round(np.array(cell.looks) * market.pairs).astype(int)
    parts = [rng.multinomial(size, market.probabilities, size=experiments) for size in np.diff(ends, prepend=0)]
    so_far = np.cumsum(np.stack(parts), axis=0)
    control_only, treated_only = so_far[:, :, 1], so_far[:, :, 2]
    discordant = control_only + treated_only
    z = np.divide(
        treated_only - control_only, np.sqrt(discordant), out=np.zeros(discordant.shape), where=discordant > 0
    )
    bounds = boundaries(cell.looks, ALPHA, "pocock" if cell.rule == "pocock" else "obrien_fleming")
    crossed = np.abs(z) >= bounds[:, None]
    midp = np.stack([_midp(tables.T) for tables in so_far]) <= ALPHA
    stopped = np.asarray(crossed.any(axis=0))
    stops = np.where(stopped, ends[np.argmax(crossed, axis=0)], market.pairs) / market.pairs
    return [
        rate_row(kind, "stops at a look", cell.rule, stopped),
        rate_row(kind, "mid-p at or below 0.05 at a look", "no rule", np.asarray(midp.any(axis=0))),
        rate_row(kind, "mid-p at the end alone", "one look", midp[-1]),
        mean_row("share of the pairs used", cell.rule, stops),
    ]


def _at_every_pair(cell: MonitoredCell, experiments: int, rng: np.random.Generator, kind: str) -> list[dict[str, Any]]:
    market = cell.market
    kinds = rng.choice(4, size=(experiments, market.pairs), p=market.probabilities)
    stops, peeks = np.zeros(experiments, dtype=np.bool_), np.zeros(experiments, dtype=np.bool_)
    used = np.ones(experiments)
    for number, pairs in enumerate(kinds):
        discordant = np.flatnonzero((pairs == 1) | (pairs == 2))
        treated = pairs[discordant] == 2
        reached = np.flatnonzero(e_values(treated) >= 1 / ALPHA)
        if len(reached):
            stops[number] = True
            used[number] = (discordant[reached[0]] + 1) / market.pairs
        m = np.arange(1, len(treated) + 1)
        z = (2 * np.cumsum(treated) - m) / np.sqrt(m)
        peeks[number] = bool(np.any(np.abs(z) >= _TWO_SIDED))
    totals = np.stack([(kinds == place).sum(axis=1) for place in range(4)])
    return [
        rate_row(kind, "stops at a look", cell.rule, stops),
        rate_row(kind, "McNemar's z at or beyond 1.96 at a look", "no rule", peeks),
        rate_row(kind, "mid-p at the end alone", "one look", _midp(totals) <= ALPHA),
        mean_row("share of the pairs used", cell.rule, used),
    ]


def _midp(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return TESTS["mcnemar_midp"](PairedTables.of(*cells)).pvalue
