"""Size at the margin and power of the one-sided, non-inferiority and equivalence tests, enumerated exactly."""

from __future__ import annotations

from itertools import product
from typing import Any

from corrtest.analysis import equivalence, noninferiority, one_sided
from corrtest.errors import CorrtestError
from measures.cell import Cell
from measures.exact import weighted_tables
from measures.rows import rejection_row

RATIO_MARGINS = (0.8, 1.25)
DIFFERENCE_MARGINS = (-0.05, 0.05)
_ROUNDING = 1e-9


def equivalence_grid() -> tuple[Cell, ...]:
    """Return cells at the margins of the ratio and of the difference, at equality and between."""
    cells = []
    for pairs, rate, association in product((100, 200, 400, 800), (0.1, 0.2, 0.35), (0.3, 0.6)):
        at_difference = tuple(round(1 + margin / rate, 10) for margin in DIFFERENCE_MARGINS)
        for ratio in dict.fromkeys((*RATIO_MARGINS, 0.9, 1.0, *at_difference)):
            try:
                cells.append(Cell(pairs=pairs, control_rate=rate, ratio=ratio, association=association))
            except CorrtestError:
                continue
    return tuple(cells)


def measure_equivalence(cell: Cell, *, experiments: int = 0, seed: int = 0) -> list[dict[str, Any]]:
    """Return one row per test; size where its hypothesis is true, else power."""
    tables, probability = weighted_tables(cell)
    ratio, difference = cell.ratio, cell.control_rate * (cell.ratio - 1)
    tests = (
        ("one_sided (disadvantage)", one_sided(tables), ratio >= 1 - _ROUNDING),
        (
            "noninferiority, ratio 0.8",
            noninferiority(tables, RATIO_MARGINS[0]),
            ratio <= RATIO_MARGINS[0] + _ROUNDING,
        ),
        (
            "equivalence, ratio 0.8 to 1.25",
            equivalence(tables, *RATIO_MARGINS),
            not _within(ratio, RATIO_MARGINS),
        ),
        (
            "noninferiority, difference -0.05",
            noninferiority(tables, DIFFERENCE_MARGINS[0], "rate_difference"),
            difference <= DIFFERENCE_MARGINS[0] + _ROUNDING,
        ),
        (
            "equivalence, difference -0.05 to 0.05",
            equivalence(tables, *DIFFERENCE_MARGINS, scale="rate_difference"),
            not _within(difference, DIFFERENCE_MARGINS),
        ),
    )
    return [
        {
            **cell.described(),
            "experiments": "all",
            **rejection_row("size" if null else "power", name, test.pvalue, weights=probability),
        }
        for name, test, null in tests
    ]


def _within(value: float, margins: tuple[float, float]) -> bool:
    return margins[0] + _ROUNDING < value < margins[1] - _ROUNDING
