"""Pool the strata of one measurement, as a sector's joint committees: raw and shrunken side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corrtest.analysis.clusters import log_ratio_design_effect
from corrtest.analysis.margins import MarginCounts, count, groupings
from corrtest.analysis.paired import TESTS, PairedTables
from corrtest.analysis.paired.discrimination_ratio import log_ratio_variance
from corrtest.analysis.paired.tables import FloatArray
from corrtest.analysis.pairs import DEFAULT_OUTCOMES, PairsTable
from corrtest.analysis.pooling.aggregate import PooledGroup, pooled_group
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.pooling.random_effects import PoolingTest, Tau2Method, random_effects
from corrtest.analysis.pooling.shrinkage import ShrunkenEffects, shrink
from corrtest.errors import AnalysisError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataResult:
    """The pooled ratio of one criterion and outcome, and every stratum's ratio raw and shrunken (on the log scale)."""

    pooled: PooledGroup
    strata: tuple[str, ...]
    pairs: tuple[int, ...]
    effects: ShrunkenEffects
    adjusted_from: tuple[float, ...]
    holm: tuple[float, ...]
    benjamini_hochberg: tuple[float, ...]
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a stratum: ratios raw and shrunken, p-values plain and adjusted over these strata."""
        z = self.effects.raw_standard_error
        return pd.DataFrame(
            {
                "stratum": self.strata,
                "pairs": self.pairs,
                "ratio_raw": np.exp(self.effects.raw),
                "log_ratio_standard_error": z,
                "ratio_shrunken": np.exp(self.effects.shrunken),
                "lower": np.exp(self.effects.lower),
                "upper": np.exp(self.effects.upper),
                "weight_on_own": self.effects.weight_on_own,
                "pvalue": self.adjusted_from,
                "pvalue_holm": self.holm,
                "pvalue_benjamini_hochberg": self.benjamini_hochberg,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return {
            "pooled": self.pooled.to_dict(),
            "strata": self.to_frame().to_dict(orient="records"),
            "notes": list(self.notes),
        }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every stratum's ratio raw and shrunken, with the pooled ratio."""
        from corrtest.analysis.plots import shrinkage_plot  # noqa: PLC0415 - it draws this object

        return shrinkage_plot(self, ax)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4f}".format, border=0))


def paired_log_ratios(tables: PairedTables) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Compute log ratios with the variance of pairs, (b + c)/(x₁x₂), and which tables needed half a pair added.

    A table without discordant pairs, or with an arm without positives, has no finite log ratio with a positive
    variance; half a pair is added to control only and to treated only there.
    """
    sparse = (tables.discordant == 0) | (tables.control_positives == 0) | (tables.treated_positives == 0)
    mended = PairedTables(
        both=tables.both,
        control_only=tables.control_only + 0.5 * sparse,
        treated_only=tables.treated_only + 0.5 * sparse,
        neither=tables.neither,
    )
    return (
        np.log(mended.treated_positives) - np.log(mended.control_positives),
        log_ratio_variance(mended),
        sparse,
    )


def pool_strata(
    table: PairsTable,
    *,
    stratum: str = "joint_committee",
    criterion: str | None = None,
    outcome: str,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    method: Tau2Method = "REML",
    test: PoolingTest = "hartung_knapp",
    confidence_level: float = 0.95,
) -> StrataResult:
    """Pool the discrimination ratio over the values of a column.

    The variance within a stratum is that of pairs, times the design effect where an employer has more than one pair
    in it.
    """
    positives = table.outcomes({name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()})
    if outcome not in positives:
        raise AnalysisError(f"There is no outcome '{outcome}'. Use one of: {', '.join(positives)}.")
    wanted = {name for name in ("sector", "criterion", stratum) if name in table.frame}
    (grouping,) = (margin for margin in groupings(table, (stratum,)) if set(margin.fields) == wanted)
    counts = count(grouping, *positives[outcome])
    place = grouping.fields.index(stratum)
    where = grouping.fields.index("criterion") if "criterion" in grouping.fields else None
    chosen = [i for i, key in enumerate(grouping.keys) if criterion is None or where is None or key[where] == criterion]
    names = [str(grouping.keys[i][place]) for i in chosen]
    if len(set(names)) != len(names):
        raise AnalysisError("More than one criterion or sector is in the table. Name the one to pool with criterion=….")
    return _pooled(counts, np.array(chosen), names, criterion or "", outcome, method, test, confidence_level)


def _pooled(
    counts: MarginCounts,
    chosen: np.ndarray,
    names: list[str],
    criterion: str,
    outcome: str,
    method: Tau2Method,
    test: PoolingTest,
    confidence_level: float,
) -> StrataResult:
    effects, variances, sparse = paired_log_ratios(counts.tables)
    variances = variances * log_ratio_design_effect(counts)
    effects, variances, sparse = effects[chosen], variances[chosen], sparse[chosen]
    pooled = random_effects(effects, variances, method=method, test=test, confidence_level=confidence_level)
    pvalues = TESTS["mcnemar_midp"](counts.tables).pvalue[chosen]
    notes = tuple(
        f"{name}: half a pair added to each discordant cell, since its log ratio is not finite or has no variance."
        for name, mended in zip(names, sparse, strict=True)
        if mended
    )
    return StrataResult(
        pooled=pooled_group(pooled, {"criterion": criterion, "outcome": outcome}),
        strata=tuple(names),
        pairs=tuple(int(n) for n in counts.tables.pairs[chosen]),
        effects=shrink(effects, variances, pooled),
        adjusted_from=tuple(float(p) for p in pvalues),
        holm=tuple(float(p) for p in holm(pvalues)),
        benjamini_hochberg=tuple(float(p) for p in benjamini_hochberg(pvalues)),
        notes=notes,
    )
