"""One measurement, paired or not: what its pairs or applications show, how many it takes, and what it tells apart.

The same questions have one answer for pairs (McNemar) and another for single applications (two independent rates). The
log ratio's variance is one formula for both: of independent arms the correlation within a pair is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
import pandas as pd

from corrtest.design import PairedRates, assumptions
from corrtest.errors import DesignError, Fault, nearest
from corrtest.language import say
from corrtest.power import mcnemar, precision
from corrtest.power.arms import Method as ArmsMethod
from corrtest.power.arms import applications_needed, arms_power
from corrtest.power.mcnemar import INDEPENDENT, RATIOS, Clustering
from corrtest.spec import Study

__all__ = ["METHODS", "Measurement", "default_clustering"]

# Tests of each design, the first one by default: that of the analysis.
METHODS = {"paired": ("mid-p", "exact"), "unpaired": ("score", "exact")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is assumed of one measurement, and how it is tested.

    A `count` is a number of pairs; in an unpaired design a number of applications, half of them of each arm.
    """

    pairing: Literal["paired", "unpaired"]
    control_rate: float
    ratio: float
    association: float
    alpha: float = 0.05
    method: str = ""
    clustering: Clustering = INDEPENDENT

    def __post_init__(self) -> None:
        allowed = METHODS[self.pairing]
        if not self.method:
            object.__setattr__(self, "method", allowed[0])
        faults = []
        if self.method not in allowed:
            faults.append(
                Fault(
                    key="method",
                    given=f"'{self.method}'",
                    expected=say(
                        "one of {allowed} for a design that is {pairing}",
                        allowed=", ".join(allowed),
                        pairing=self.pairing,
                    ),
                    action=nearest(self.method, list(allowed)),
                )
            )
        if not 0 < self.alpha < 1:
            faults.append(
                Fault(
                    key="alpha",
                    given=f"{self.alpha:g}",
                    expected=say("a level between 0 and 1"),
                    action=say("Give a level such as 0.05."),
                )
            )
        if faults:
            raise DesignError(say("No power can be computed."), faults)
        if self.pairing == "unpaired":
            object.__setattr__(self, "association", 0.0)

    @property
    def rates(self) -> PairedRates:
        """The rates assumed."""
        return PairedRates.from_ratio(self.control_rate, self.ratio, self.association)

    @property
    def _weight(self) -> int:
        """How much of `count` makes one comparison of the two arms: a pair, or two applications."""
        return 2 if self.pairing == "unpaired" else 1

    def power(self, count: int) -> float:
        """Return the exact chance that the test shows the assumed ratio."""
        if self.pairing == "unpaired":
            method = cast(ArmsMethod, self.method)
            return arms_power(count // 2, self.rates, alpha=self.alpha, method=method, clustering=self.clustering)
        return mcnemar.mcnemar_power(
            count,
            self.rates,
            alpha=self.alpha,
            method=cast(mcnemar.Method, self.method),
            clustering=self.clustering,
        )

    def needed(self, target: float = 0.8) -> int:
        """Return the count from which on the power stays at `target` or above."""
        if self.pairing == "unpaired":
            return applications_needed(
                self.rates,
                power=target,
                alpha=self.alpha,
                method=cast(ArmsMethod, self.method),
                clustering=self.clustering,
            )
        return mcnemar.pairs_needed(
            self.rates,
            power=target,
            alpha=self.alpha,
            method=cast(mcnemar.Method, self.method),
            clustering=self.clustering,
        )

    def detectable(self, count: int, target: float = 0.8) -> float | None:
        """Return the ratio closest to 1 from below that is shown with power `target`; None where none is."""
        return mcnemar.closest_ratio(lambda ratio: replace(self, ratio=ratio).power(count) >= target)

    def width(self, count: int, measure: precision.Measure = "ratio") -> float:
        """Return the expected width of the interval for the ratio or the difference."""
        return precision.interval_width(
            count / self._weight,
            self.rates,
            measure=measure,
            confidence_level=1 - self.alpha,
            clustering=self.clustering,
        )

    def needed_for_width(self, width: float, measure: precision.Measure = "ratio") -> int:
        """Return the count whose interval is expected to be no wider than `width`."""
        pairs = precision.pairs_for_width(
            width, self.rates, measure=measure, confidence_level=1 - self.alpha, clustering=self.clustering
        )
        return self._weight * pairs

    def change_power(self, count: int, second: Measurement, second_count: int, comparisons: int = 1) -> float:
        """Return the power to tell this ratio from that of a follow-up or of another sector."""
        return precision.change_power(
            (count / self._weight, self.rates),
            (second_count / second._weight, second.rates),
            alpha=self.alpha,
            comparisons=comparisons,
            clustering=self.clustering,
        )

    def detectable_change(
        self, count: int, second_count: int, target: float = 0.8, comparisons: int = 1
    ) -> float | None:
        """Return the smallest higher ratio of a second measurement that is told apart with power `target`, or None."""
        return precision.detectable_change(
            (count / self._weight, self.rates),
            second_count / self._weight,
            self.control_rate,
            self.association,
            power=target,
            alpha=self.alpha,
            comparisons=comparisons,
            clustering=self.clustering,
        )

    def needed_for_change(self, second: Measurement, target: float = 0.8, comparisons: int = 1) -> int:
        """Return the count that each of the two measurements needs to tell their ratios apart."""
        pairs = precision.pairs_for_change(
            self.rates,
            second.rates,
            power=target,
            alpha=self.alpha,
            comparisons=comparisons,
            clustering=self.clustering,
        )
        return self._weight * pairs

    def curve(self, count: int, ratios: Sequence[float] | None = None) -> pd.DataFrame:
        """Return the exact power over a grid of ratios (default 200 points from 0.30 to 1.00): columns ratio, power."""
        grid = RATIOS if ratios is None else np.asarray(ratios, dtype=np.float64)
        powers = [replace(self, ratio=float(ratio)).power(count) for ratio in grid]
        return pd.DataFrame({"ratio": grid, "power": powers})


def default_clustering(study: Study) -> Clustering:
    """Return the study's cap in all as pairs per employer at worst, with the correlation of `assumptions.toml`."""
    return Clustering(
        pairs_per_employer=float(study.caps.total),
        correlation=float(assumptions()["employer_correlation"]["value"]),
    )
