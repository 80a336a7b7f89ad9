"""The parts of the calibration: what is measured, on which cells, in how many experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from corrtest.errors import CorrtestError
from measures.cell import Cell
from measures.crossed import crossed_grid, measure_crossed
from measures.drawn_order import measure_order, order_grid
from measures.equivalence import equivalence_grid, measure_equivalence
from measures.exact import measure_exactly
from measures.few_employers import few_grid, measure_few
from measures.looks import looks_grid, measure_looks
from measures.measure import measure
from measures.power import measure_power, power_grid
from measures.publishing import measure_publishing, publishing_grid
from measures.resampling import bootstrap_grid, measure_bootstrap
from measures.strata import measure_strata, strata_grid
from measures.unpaired import measure_unpaired, unpaired_grid
from measures.variances import measure_variance, variance_grid
from measures.verdict import measure_verdict, verdict_grid
from measures.weighting import measure_weighting, weighting_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is measured, the cells, how, and the number of experiments where the user does not say."""

    title: str
    grid: Callable[[], Sequence[Any]]
    measure: Callable[..., list[dict[str, Any]]]
    experiments: int


def standard_grid() -> tuple[Cell, ...]:
    """Return the cells of the main part; combinations that no market can have are left out."""
    cells = []
    for pairs, rate, ratio, association, (sizes, likeness) in product(
        (50, 100, 200, 400, 800),
        (0.05, 0.1, 0.2, 0.35),
        (0.5, 0.7, 1.0),
        (0.3, 0.6),
        (((1,), 0.0), ((2,), 0.2), ((5,), 0.1), ((5,), 0.3), ((1, 1, 1, 1, 1, 5), 0.2)),
    ):
        try:
            cells.append(
                Cell(
                    pairs=pairs,
                    control_rate=rate,
                    ratio=ratio,
                    association=association,
                    sizes=sizes,
                    likeness=likeness,
                )
            )
        except CorrtestError:
            continue
    return tuple(cells)


def exact_grid() -> tuple[Cell, ...]:
    """Return the cells of the main part with one pair an employer."""
    return tuple(cell for cell in standard_grid() if not cell.clustered)


PARTS: Mapping[str, Part] = {
    "grid": Part(title="every interval and test", grid=standard_grid, measure=measure, experiments=10_000),
    "exact": Part(title="default intervals, enumerated", grid=exact_grid, measure=measure_exactly, experiments=10_000),
    "bootstrap": Part(title="cluster bootstrap", grid=bootstrap_grid, measure=measure_bootstrap, experiments=1000),
    "few_employers": Part(title="few employers", grid=few_grid, measure=measure_few, experiments=1000),
    "equivalence": Part(
        title="equivalence, enumerated", grid=equivalence_grid, measure=measure_equivalence, experiments=10_000
    ),
    "weights": Part(title="weighted estimates", grid=weighting_grid, measure=measure_weighting, experiments=10_000),
    "unmatched": Part(title="unmatched designs", grid=unpaired_grid, measure=measure_unpaired, experiments=10_000),
    "verdict": Part(title="the verdict, enumerated", grid=verdict_grid, measure=measure_verdict, experiments=10_000),
    "monitoring": Part(title="early looks", grid=looks_grid, measure=measure_looks, experiments=10_000),
    "strata": Part(title="pooling and shrinkage", grid=strata_grid, measure=measure_strata, experiments=2000),
    "randomisation": Part(title="randomisation test", grid=order_grid, measure=measure_order, experiments=10_000),
    "neumark": Part(title="unequal variances", grid=variance_grid, measure=measure_variance, experiments=500),
    "power": Part(title="power promised and delivered", grid=power_grid, measure=measure_power, experiments=500),
    "crossed": Part(title="crossed signals", grid=crossed_grid, measure=measure_crossed, experiments=500),
    "publishing": Part(title="what leaves the gate", grid=publishing_grid, measure=measure_publishing, experiments=500),
}
