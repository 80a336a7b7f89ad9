"""Pool the strata of one measurement, as a sector's joint committees: raw and shrunken side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.grouping import groupings
from corrtest.analysis.handling import as_html
from corrtest.analysis.pooling.aggregate import PooledGroup, pooled_group
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.pooling.random_effects import PoolingTest, Tau2Method, random_effects
from corrtest.analysis.pooling.shrinkage import ShrunkenEffects, shrink
from corrtest.analysis.read import StudyTable
from corrtest.analysis.result_files import finite
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import AnalysisOptions


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
        rows = self.to_frame().to_dict(orient="records")
        return {"pooled": self.pooled.to_dict(), "strata": finite(rows), "notes": list(self.notes)}

    def _repr_html_(self) -> str:
        return as_html(self.to_frame())


def pool_strata(
    table: StudyTable,
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
        raise AnalysisError(
            say(
                "There is no outcome '{outcome}'. Use one of: {positives}.",
                outcome=outcome,
                positives=", ".join(positives),
            )
        )
    wanted = {name for name in ("sector", "criterion", stratum) if name in table.frame}
    (grouping,) = (margin for margin in groupings(table, (stratum,)) if set(margin.fields) == wanted)
    counted = CountedMargin.of(table.design, grouping, outcome, positives[outcome])
    where = grouping.fields.index("criterion") if "criterion" in grouping.fields else None
    chosen = [
        place
        for place, key in enumerate(grouping.keys)
        if criterion is None or where is None or key[where] == criterion
    ]
    names = [str(grouping.keys[place][grouping.fields.index(stratum)]) for place in chosen]
    if len(set(names)) != len(names):
        raise AnalysisError(
            say("More than one criterion or sector is in the table. Name the one to pool with criterion=….")
        )
    key = {"criterion": criterion or "", "outcome": outcome}
    ratios = _Ratios(counted, correlation=AnalysisOptions().employer_correlation)
    return ratios.pooled(chosen, names, key, method=method, test=test, confidence_level=confidence_level)


def pool_every_criterion(
    counted: CountedMargin, *, confidence_level: float, correlation: float, cluster: bool = True
) -> list[StrataResult]:
    """Pool the joint committees of each sector and criterion; fewer than two with both arms are left out.

    Where restricted maximum likelihood does not settle, τ² is Paule and Mandel's; the result names the method.
    """
    counts = counted.counts
    if "joint_committee" not in counts.fields or "criterion" not in counts.fields:
        return []
    places: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, values in enumerate(counts.keys):
        key = {name: str(value) for name, value in zip(counts.fields, values, strict=True) if value is not None}
        if "joint_committee" in key:
            key.pop("joint_committee")
            places.setdefault(tuple(key.items()), []).append(place)
    committee = counts.fields.index("joint_committee")
    ratios = _Ratios(counted, correlation=correlation, cluster=cluster)
    found = []
    for identity, chosen in places.items():
        usable = [place for place in chosen if np.isfinite(ratios.effects[place]) and ratios.variances[place] > 0]
        if len(usable) > 1:
            names = [str(counts.keys[place][committee]) for place in usable]
            key = {**dict(identity), "outcome": counted.outcome}
            try:
                found.append(ratios.pooled(usable, names, key, confidence_level=confidence_level))
            except AnalysisError:
                found.append(ratios.pooled(usable, names, key, method="PM", confidence_level=confidence_level))
    return found


class _Ratios:
    """The log ratios of a margin's groups, computed once for all criteria."""

    def __init__(self, counted: CountedMargin, *, correlation: float, cluster: bool = True) -> None:
        self.effects, self.variances, self.sparse = counted.log_ratios(cluster=cluster)
        # An undefined p-value (no application with another reaction) speaks against nothing.
        self.pvalues = np.nan_to_num(counted.pvalues(correlation), nan=1.0)
        self.pairs = counted.sizes

    def pooled(
        self,
        chosen: Sequence[int],
        names: Sequence[str],
        key: Mapping[str, str],
        *,
        method: Tau2Method = "REML",
        test: PoolingTest = "hartung_knapp",
        confidence_level: float,
    ) -> StrataResult:
        """Pool the groups in the places `chosen`, called `names`."""
        places = np.asarray(chosen)
        effects, variances, pvalues = self.effects[places], self.variances[places], self.pvalues[places]
        pooled = random_effects(effects, variances, method=method, test=test, confidence_level=confidence_level)
        return StrataResult(
            pooled=pooled_group(pooled, key),
            strata=tuple(names),
            pairs=tuple(int(n) for n in self.pairs[places]),
            effects=shrink(effects, variances, pooled),
            adjusted_from=tuple(float(p) for p in pvalues),
            holm=tuple(float(p) for p in holm(pvalues)),
            benjamini_hochberg=tuple(float(p) for p in benjamini_hochberg(pvalues)),
            notes=tuple(
                keep(
                    "{name}: half a pair added to each discordant cell, since its log ratio is not finite or has no "
                    "variance.",
                    name=name,
                )
                for name, mended in zip(names, self.sparse[places], strict=True)
                if mended
            ),
        )
