"""The share of rows that are positive, and of those that are not, where there is one arm and nothing to compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from corrtest.analysis.statistics.statistic import Method, Statistic, everywhere, quantiles
from corrtest.analysis.statistics.wilson import wilson, wilson_adjusted_at
from corrtest.analysis.tables import FloatArray, Intervals, ShareCounts, ShareTables, divide


@dataclass(frozen=True, kw_only=True)
class ShareStatistic(Statistic[ShareTables, ShareCounts]):
    """A share of one group; its cells are the positive rows and the others. `of_others` makes it that of the others."""

    of_others: bool = False

    def counted(self, tables: ShareTables) -> FloatArray:
        """Return the rows that the share counts."""
        return tables.rows - tables.positives if self.of_others else tables.positives

    def interval(self, tables: ShareTables, confidence_level: float = 0.95) -> Intervals:
        """Compute Wilson's adjusted interval as if all rows were independent."""
        return self.at_effect(tables, np.ones_like(tables.rows), confidence_level)

    def at_effect(self, tables: ShareTables, effect: FloatArray, confidence_level: float) -> Intervals:
        """Compute Wilson's adjusted interval at the number of rows divided by a design effect (Korn, Graubard 1998)."""
        return share_limits(self.counted(tables), tables.rows, effect, quantiles(tables, confidence_level))

    def truth(self, share: float) -> float:
        """Return the true value where that share of all rows is positive."""
        return 1 - share if self.of_others else share


def share_limits(counted: FloatArray, rows: FloatArray, effect: FloatArray, quantile: FloatArray) -> Intervals:
    """Return shares with Wilson's adjusted limits at the effective number of rows; without an effect they are sure."""
    whole = effect <= 0
    at = np.where(whole, 1.0, effect)
    _, lower, upper = wilson_adjusted_at(counted / at, rows / at, quantile)
    share = divide(counted, rows)
    return Intervals(share, np.where(whole, share, lower), np.where(whole, share, upper))


def clopper_pearson(counted: FloatArray, rows: FloatArray, confidence_level: float = 0.95) -> Intervals:
    """Compute shares with the exact interval of Clopper and Pearson (1934)."""
    tail = (1 - confidence_level) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(counted == 0, 0.0, beta.ppf(tail, counted, rows - counted + 1))
        upper = np.where(counted == rows, 1.0, beta.ppf(1 - tail, counted + 1, rows - counted))
    empty = rows == 0
    return Intervals(divide(counted, rows), np.where(empty, np.nan, lower), np.where(empty, np.nan, upper))


def _slopes(tables: ShareTables, sign: float) -> FloatArray:
    share = tables.share
    return sign * np.stack([divide(1 - share, tables.rows), divide(-share, tables.rows)], axis=-1)


_ADJUSTED = {"en": "Wilson, adjusted", "nl": "Wilson, aangepast", "fr": "Wilson, ajusté", "de": "Wilson, angepasst"}


def _share(name: str, label: dict[str, str], *, of_others: bool) -> ShareStatistic:
    def counted(tables: ShareTables) -> FloatArray:
        return tables.rows - tables.positives if of_others else tables.positives

    return ShareStatistic(
        name=name,
        label=label,
        value=lambda tables: divide(counted(tables), tables.rows),
        gradient=lambda tables: _slopes(tables, -1.0 if of_others else 1.0),
        denominator=(1.0, 1.0),
        range=(0.0, 1.0),
        arm="treated",
        default="wilson_adjusted",
        default_label=_ADJUSTED,
        others={
            "wilson": Method(
                label=everywhere("Wilson"), interval=lambda tables, level: wilson(counted(tables), tables.rows, level)
            ),
            "clopper_pearson": Method(
                label=everywhere("Clopper-Pearson"),
                interval=lambda tables, level: clopper_pearson(counted(tables), tables.rows, level),
            ),
        },
        of_others=of_others,
    )


SHARE = _share(
    "share",
    {"en": "share", "nl": "aandeel", "fr": "part", "de": "Anteil"},
    of_others=False,
)
SHARE_OF_OTHERS = _share(
    "share_of_others",
    {"en": "share of the others", "nl": "aandeel van de anderen", "fr": "part des autres", "de": "Anteil der anderen"},
    of_others=True,
)
STATISTICS = (SHARE, SHARE_OF_OTHERS)
