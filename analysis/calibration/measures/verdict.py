"""How often the published verdict calls equal treatment a difference, enumerated over every table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from corrtest.analysis import PAIRED, UNPAIRED, ArmTables, PairedTables, decisions
from measures.rows import rejection_row

FloatArray = npt.NDArray[np.float64]

# As many discordant pairs as there can be where the two answers of a pair do not oppose each other.
DISCORDANT = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCell:
    """Pairs, or applications of each arm where there are two numbers, and the level of the verdict."""

    rows: tuple[int, ...]
    level: float

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"{'_'.join(map(str, self.rows))}_level{self.level:g}"


def verdict_grid() -> tuple[VerdictCell, ...]:
    """Return the cells that are enumerated."""
    pairs = [(size,) for size in (10, 11, 13, 17, 20, 27, 40, 60, 100, 200, 400)]
    arms = [(10, 10), (10, 30), (20, 20), (25, 20), (40, 40), (60, 50), (100, 100), (150, 50), (200, 200)]
    return tuple(VerdictCell(rows=rows, level=level) for rows in (*pairs, *arms) for level in (0.05, 0.01))


def measure_verdict(cell: VerdictCell, *, experiments: int = 0, seed: int = 0) -> list[dict[str, Any]]:
    """Return one row per probability that a pair is discordant, or per rate; `experiments` and `seed` play no part.

    A row's value is the size divided by the level and multiplied by 0.05, so that cells of all levels are read alike.
    """
    found = _paired(cell) if len(cell.rows) == 1 else _arms(cell)
    name = "mcnemar_midp" if len(cell.rows) == 1 else "chi_squared_corrected"
    described = {"rows": " + ".join(map(str, cell.rows)), "level": cell.level}
    made = []
    for probability, size in found:
        row = rejection_row("size", f"verdict_{name}", np.array([0.0, 1.0]), weights=np.array([size, 1 - size]))
        row["value"] = size * 0.05 / cell.level
        made.append({**described, "probability": probability, "experiments": "all", **row})
    return made


def _paired(cell: VerdictCell) -> Iterator[tuple[float, float]]:
    """Yield the size at each probability: given m discordant pairs the split is binomial, and m is binomial itself."""
    (n,) = cell.rows
    m, control = (part.ravel().astype(float) for part in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    m, control = m[control <= m], control[control <= m]
    cells = np.stack([np.zeros_like(m), control, m - control, n - m], axis=-1)
    decided = decisions(PAIRED, PairedTables.of_cells(cells), confidence_level=1 - cell.level) != 0
    given = np.bincount(m.astype(int), weights=binom.pmf(control, m, 0.5) * decided, minlength=n + 1)
    for probability in DISCORDANT:
        yield probability, float(binom.pmf(np.arange(n + 1), n, probability) @ given)


def _arms(cell: VerdictCell) -> Iterator[tuple[float, float]]:
    control, treated = cell.rows
    x0, x1 = (part.ravel() for part in np.meshgrid(np.arange(control + 1), np.arange(treated + 1), indexing="ij"))
    tables = ArmTables.of_cells(np.stack([x0, control - x0, x1, treated - x1], axis=-1))
    decided = decisions(UNPAIRED, tables, confidence_level=1 - cell.level) != 0
    for rate in RATES:
        weights: FloatArray = binom.pmf(x0, control, rate) * binom.pmf(x1, treated, rate)
        yield rate, float(weights @ decided)
